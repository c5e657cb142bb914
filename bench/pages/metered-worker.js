/** The package's worker, its memory in sight. */
import "./metered.js";
import "/pkg/dist/worker.js";
