//! Which addresses are the public Internet's. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What the IANA's registries of special-purpose addresses keep from the public Internet, for IPv4.
const SPECIAL_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// The only IPv6 addresses that are given out for the public Internet.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);
/// Those of them that are not: protocol assignments with Teredo, documentation (two), and 6to4, which hides an IPv4
/// address.
const SPECIAL_V6: [Ipv6Net; 4] =
    [v6([0x2001, 0], 23), v6([0x2001, 0xdb8], 32), v6([0x2002, 0], 16), v6([0x3fff, 0], 20)];
/// Addresses that a NAT64 gateway turns into the IPv4 address in their last 32 bits.
const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), prefix)
}

const fn v6(first: [u16; 2], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first[0], first[1], 0, 0, 0, 0, 0, 0), prefix)
}

/// Whether an address is one of the public Internet's, also where IPv4 is written as IPv6.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => match address.segments() {
            [head @ .., high, low] if head == NAT64 => {
                let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
                is_public(Ipv4Addr::new(a, b, c, d).into())
            }
            _ => {
                GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|net| net.contains(&address))
            }
        },
    }
}

/// Every network that is not the public Internet's, for tests.
#[cfg(test)]
pub(super) fn special() -> impl Iterator<Item = ipnet::IpNet> {
    let v4 = SPECIAL_V4.into_iter().map(ipnet::IpNet::V4);
    v4.chain(SPECIAL_V6.into_iter().map(ipnet::IpNet::V6))
}
