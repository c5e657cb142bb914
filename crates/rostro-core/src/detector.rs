//! Face detection with YuNet.
