//! The devices of this host, told by libpcap and by pnet. Asking needs no rights.

use super::filter::detail;
use serde::Serialize;
use std::collections::BTreeSet;

/// A device that can be captured, or could be if it were up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// The system's number for it; none for libpcap's own devices, as `any`.
    pub index: Option<u32>,
    pub name: String,
    pub up: bool,
    pub loopback: bool,
    /// Addresses with the length of their prefix where known, as `127.0.0.1/8`.
    pub addresses: Vec<String>,
    /// Hardware address, as `02:42:ac:11:00:02`.
    pub mac: Option<String>,
    pub description: Option<String>,
}

/// All devices, in libpcap's order (the likeliest first). What libpcap leaves out comes from pnet alone.
///
/// # Errors
/// libpcap's words, where it cannot list devices and the system has none to tell.
pub fn list() -> Result<Vec<Interface>, String> {
    let mut system = pnet::datalink::interfaces();
    let devices = match pcap::Device::list() {
        Ok(devices) => devices,
        Err(error) if system.is_empty() => return Err(detail(&error)),
        Err(_) => Vec::new(),
    };
    let mut all: Vec<Interface> = devices
        .into_iter()
        .map(|device| {
            let known =
                system.iter().position(|found| found.name == device.name).map(|position| system.swap_remove(position));
            join(device, known)
        })
        .collect();
    system.sort_by_key(|found| found.index);
    all.extend(system.into_iter().map(of_system));
    Ok(all)
}

/// The name nearest to one that does not exist, if one is near enough to have been meant.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let slips = (wanted.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What both say about one device. pnet knows index, hardware address and prefix lengths; libpcap the description.
fn join(device: pcap::Device, known: Option<pnet::datalink::NetworkInterface>) -> Interface {
    let mut interface = match known {
        Some(known) => of_system(known),
        None => Interface {
            index: None,
            name: device.name,
            up: device.flags.is_up(),
            loopback: device.flags.is_loopback(),
            addresses: Vec::new(),
            mac: None,
            description: None,
        },
    };
    let with_prefix: BTreeSet<String> =
        interface.addresses.iter().filter_map(|address| address.split('/').next()).map(String::from).collect();
    let missing = device.addresses.iter().map(|address| address.addr.to_string());
    interface.addresses.extend(missing.filter(|address| !with_prefix.contains(address)));
    interface.description = device.desc.or(interface.description);
    interface
}

fn of_system(found: pnet::datalink::NetworkInterface) -> Interface {
    Interface {
        index: Some(found.index),
        up: found.is_up(),
        loopback: found.is_loopback(),
        addresses: found.ips.iter().map(|network| format!("{}/{}", network.ip(), network.prefix())).collect(),
        mac: found.mac.filter(|mac| !mac.is_zero()).map(|mac| mac.to_string()),
        description: Some(found.description).filter(|text| !text.is_empty()),
        name: found.name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_was_meant() {
        let names = ["eth0", "lo", "any", "wlan0", "docker0"];
        assert_eq!(nearest("l0", names), Some("lo"));
        assert_eq!(nearest("eth1", names), Some("eth0"));
        assert_eq!(nearest("LO", names), Some("lo"));
        assert_eq!(nearest("loo", names), Some("lo"));
        assert_eq!(nearest("wlan", names), Some("wlan0"));
        assert_eq!(nearest("dokcer", names), Some("docker0"));
        assert_eq!(nearest("zzz", names), None);
        assert_eq!(nearest("ens3", names), None);
        assert_eq!(nearest("eth0", []), None);
    }

    #[test]
    fn loopback_is_found_by_both_and_named_once() {
        let all = list().unwrap();
        let loopbacks: Vec<_> = all.iter().filter(|interface| interface.loopback).collect();
        assert_eq!(loopbacks.len(), 1, "{all:?}");
        assert!(loopbacks[0].index.is_some(), "the index comes from pnet");
        let names: BTreeSet<_> = all.iter().map(|interface| &interface.name).collect();
        assert_eq!(names.len(), all.len(), "no device twice: {all:?}");
    }
}
