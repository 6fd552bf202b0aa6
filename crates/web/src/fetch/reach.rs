//! Which addresses may be fetched from: those that anybody on the internet could fetch from, and nothing nearer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use booking::source::Trouble;
use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::Url;

/// How far fetching reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    this_machine: bool,
}

/// What is no address of a public host (IANA's registries of special purpose, RFC 6890).
const NOT_PUBLIC_4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];

/// The same. Only `2000::/3` is given to public hosts at all; these are the parts of it that are not.
const NOT_PUBLIC_6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

impl Reach {
    /// `this_machine`: whether this program serves this machine alone.
    pub const fn new(this_machine: bool) -> Self {
        Self { this_machine }
    }

    /// The same for what begins at this address: only what names this machine itself is fetched from it.
    #[must_use]
    pub fn from(self, url: &Url) -> Self {
        Self::new(self.this_machine && is_loopback(url))
    }

    /// Whether the address as it is written may be fetched.
    pub fn allows(self, url: &Url) -> Result<(), Trouble> {
        let here = is_loopback(url);
        match url.scheme() {
            "https" => {}
            "http" if here && self.this_machine => {}
            _ => return Err(Trouble::NotHttps),
        }
        match number(url) {
            _ if here => self.judge(Ipv4Addr::LOCALHOST.into()),
            Some(ip) => self.judge(ip),
            None => Ok(()),
        }
    }

    /// The addresses of its host, each of them one that may be fetched from; a host that has one that may not is refused whole.
    pub async fn look_up(self, url: &Url) -> Result<Vec<SocketAddr>, Trouble> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::net::lookup_host((host, port))
            .await
            .map_err(|_| Trouble::NoSuchHost)?;
        let found: Vec<SocketAddr> = found.collect();
        for address in &found {
            self.judge(address.ip())?;
        }
        if found.is_empty() {
            return Err(Trouble::NoSuchHost);
        }
        Ok(found)
    }

    fn judge(self, ip: IpAddr) -> Result<(), Trouble> {
        let ip = ip.to_canonical();
        if is_public(ip) || (self.this_machine && ip.is_loopback()) {
            Ok(())
        } else {
            Err(Trouble::PrivateAddress)
        }
    }
}

/// Whether the host says itself that it is this machine.
pub fn is_loopback(url: &Url) -> bool {
    let name = url.host_str().unwrap_or_default().trim_end_matches('.');
    match number(url) {
        Some(ip) => ip.to_canonical().is_loopback(),
        None => name == "localhost" || name.ends_with(".localhost"),
    }
}

/// The host, where it is written as a number; every way to write one was made the same when the address was read.
fn number(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !NOT_PUBLIC_4
            .iter()
            .any(|(net, bits)| Ipv4Net::new(*net, *bits).is_ok_and(|net| net.contains(&ip))),
        IpAddr::V6(ip) => {
            let segments = ip.segments();
            // An IPv4 address in other clothes: 64:ff9b::/96 (NAT64) and 2002::/16 (6to4).
            if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
                return is_public(embedded(segments[6], segments[7]));
            }
            if segments[0] == 0x2002 {
                return is_public(embedded(segments[1], segments[2]));
            }
            segments[0] & 0xe000 == 0x2000
                && !NOT_PUBLIC_6
                    .iter()
                    .any(|(net, bits)| Ipv6Net::new(*net, *bits).is_ok_and(|net| net.contains(&ip)))
        }
    }
}

fn embedded(high: u16, low: u16) -> IpAddr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for public in [
            "8.8.8.8",
            "142.250.185.78",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "169.253.1.1",
            "2606:4700::1111",
            "2a00:1450:4001:80b::200e",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.19.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn an_address_in_the_clothes_of_the_other_version_is_what_it_is() {
        let judge = |text: &str| Reach::new(false).judge(text.parse().unwrap());
        assert_eq!(judge("::ffff:192.168.0.1"), Err(Trouble::PrivateAddress));
        assert_eq!(judge("::ffff:8.8.8.8"), Ok(()));
    }

    #[test]
    fn nobody_is_led_from_elsewhere_to_this_machine() {
        let elsewhere = Url::parse("https://calendar.example/a.ics").unwrap();
        let here = Url::parse("http://127.0.0.1:9/a.ics").unwrap();
        assert!(Reach::new(true).allows(&here).is_ok());
        assert!(Reach::new(true).from(&here).allows(&here).is_ok());
        assert_eq!(Reach::new(true).from(&elsewhere).allows(&here), Err(Trouble::NotHttps));
        let metadata = Url::parse("http://169.254.169.254/latest/meta-data/").unwrap();
        assert_eq!(Reach::new(true).from(&here).allows(&metadata), Err(Trouble::NotHttps));
    }
}
