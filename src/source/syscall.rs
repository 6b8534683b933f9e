//! The only unsafe code of the program: system calls and libpcap functions that no safe crate offers. Each is one call
//! with plain arguments; everything that decides anything is elsewhere.
#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
pub(crate) use linux::{clear_capabilities, file_capability, link_up};
#[cfg(all(target_os = "linux", feature = "capture"))]
pub(crate) use linux::{ignore_outgoing, no_checksum_offload, packets_let_go};
#[cfg(feature = "capture")]
pub(crate) use pcap_calls::{is_nanosecond, libpcap_version, program_matches};

#[cfg(target_os = "linux")]
mod linux {
    use nix::errno::Errno;
    use nix::libc;
    use std::ffi::CString;
    use std::io;
    use std::os::fd::{AsRawFd, BorrowedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    /// `PACKET_IGNORE_OUTGOING` of `linux/if_packet.h` (Linux 4.20).
    #[cfg(feature = "capture")]
    const PACKET_IGNORE_OUTGOING: libc::c_int = 23;

    /// Tells a packet socket to leave out what this host sends. On loopback every packet is also received, so nothing is
    /// lost and the kernel copies each once instead of twice.
    #[cfg(feature = "capture")]
    pub(crate) fn ignore_outgoing(socket: BorrowedFd<'_>) -> Result<(), Errno> {
        let on: libc::c_int = 1;
        let length = size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: the descriptor is borrowed and so open; the pointer is to a live c_int of exactly the length given.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_PACKET,
                PACKET_IGNORE_OUTGOING,
                (&raw const on).cast(),
                length,
            )
        };
        Errno::result(result).map(drop)
    }

    /// How many packets a packet socket had no room for since this was last asked.
    #[cfg(feature = "capture")]
    pub(crate) fn packets_let_go(socket: BorrowedFd<'_>) -> Result<u32, Errno> {
        /// `PACKET_STATISTICS` of `linux/if_packet.h`, which are zeroed when they are read.
        const STATISTICS: libc::c_int = 6;
        /// `struct tpacket_stats`.
        #[repr(C)]
        struct Counts {
            packets: u32,
            drops: u32,
        }
        let mut counts = Counts { packets: 0, drops: 0 };
        let mut length = size_of::<Counts>() as libc::socklen_t;
        // SAFETY: the descriptor is borrowed and so open; the kernel writes at most the length given into the live struct.
        let result = unsafe {
            libc::getsockopt(
                socket.as_raw_fd(),
                libc::SOL_PACKET,
                STATISTICS,
                (&raw mut counts).cast(),
                &raw mut length,
            )
        };
        Errno::result(result).map(|_| counts.drops)
    }

    /// Switches a device on, as `ip link set NAME up` does. `socket` is any internet socket.
    pub(crate) fn link_up(socket: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
        // SAFETY: ifreq is a plain C struct of integers and byte arrays, for which all zeros is a valid value.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        let room = request.ifr_name.len().saturating_sub(1);
        if name.len() > room {
            return Err(Errno::ENAMETOOLONG);
        }
        for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        // SAFETY: the descriptor is open, and SIOCGIFFLAGS reads the name and writes the flags of the live ifreq.
        Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request) })?;
        // SAFETY: SIOCGIFFLAGS succeeded, so the flags are the member of the union that was written.
        unsafe { request.ifr_ifru.ifru_flags |= libc::IFF_UP as libc::c_short };
        // SAFETY: the descriptor is open, and SIOCSIFFLAGS only reads the live ifreq.
        Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request) }).map(drop)
    }

    /// Makes a device send segments with their checksums filled in and no longer than its MTU, as `ethtool -K NAME tx off` does.
    /// `socket` is any internet socket.
    #[cfg(feature = "capture")]
    pub(crate) fn no_checksum_offload(socket: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
        /// `ETHTOOL_STXCSUM` of `linux/ethtool.h`.
        const SET_TX_CHECKSUM: u32 = 0x17;
        /// `SIOCETHTOOL` of `linux/sockios.h`.
        const ETHTOOL: libc::c_ulong = 0x8946;
        #[repr(C)]
        struct Value {
            command: u32,
            data: u32,
        }
        let mut value = Value { command: SET_TX_CHECKSUM, data: 0 };
        // SAFETY: ifreq is a plain C struct of integers and byte arrays, for which all zeros is a valid value.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        if name.len() >= request.ifr_name.len() {
            return Err(Errno::ENAMETOOLONG);
        }
        for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        request.ifr_ifru.ifru_data = (&raw mut value).cast();
        // SAFETY: the descriptor is open, and for this command SIOCETHTOOL reads the live ifreq and the live value it points to.
        Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), ETHTOOL as _, &raw const request) }).map(drop)
    }

    #[repr(C)]
    struct CapabilityHeader {
        version: u32,
        pid: i32,
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    struct CapabilityData {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }

    /// Gives up every capability of this thread: effective, permitted and inheritable. Ambient ones go with them.
    pub(crate) fn clear_capabilities() -> Result<(), Errno> {
        /// `_LINUX_CAPABILITY_VERSION_3`: 64 capabilities in two words.
        const VERSION_3: u32 = 0x2008_0522;
        let mut header = CapabilityHeader { version: VERSION_3, pid: 0 };
        let none = [CapabilityData { effective: 0, permitted: 0, inheritable: 0 }; 2];
        // SAFETY: capset reads a header and, for version 3, two data structs; both are live and have the kernel's layout.
        Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw mut header, none.as_ptr()) }).map(drop)
    }

    /// The raw `security.capability` attribute of a file, or none where the file has no such attribute.
    pub(crate) fn file_capability(path: &Path) -> io::Result<Option<Vec<u8>>> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        // Version 3 of the attribute has 24 octets; a longer one is reported as ERANGE.
        let mut value = vec![0u8; 64];
        // SAFETY: both strings end with NUL, and the kernel writes at most the length given into the live buffer.
        let got = unsafe {
            libc::getxattr(path.as_ptr(), c"security.capability".as_ptr(), value.as_mut_ptr().cast(), value.len())
        };
        match Errno::result(got) {
            Ok(length) => {
                value.truncate(usize::try_from(length).unwrap_or(0));
                Ok(Some(value))
            }
            Err(Errno::ENODATA | Errno::EOPNOTSUPP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(feature = "capture")]
mod pcap_calls {
    use nix::libc;
    use pcap::{Active, BpfProgram, Capture};
    use std::ffi::{CStr, c_void};

    /// `struct pcap_pkthdr`.
    #[repr(C)]
    struct PacketHeader {
        time: libc::timeval,
        captured: u32,
        length: u32,
    }

    // The crate `pcap` links the library.
    unsafe extern "C" {
        fn pcap_lib_version() -> *const libc::c_char;
        fn pcap_get_tstamp_precision(handle: *mut c_void) -> libc::c_int;
        fn pcap_offline_filter(
            program: *const BpfProgram,
            header: *const PacketHeader,
            packet: *const u8,
        ) -> libc::c_int;
    }

    /// What libpcap says of itself: `libpcap version 1.10.3 (with TPACKET_V3)`.
    pub(crate) fn libpcap_version() -> String {
        // SAFETY: libpcap returns a pointer to a static string that ends with NUL.
        unsafe { CStr::from_ptr(pcap_lib_version()) }.to_string_lossy().into_owned()
    }

    /// Whether an open device tells time in nanoseconds; else it is microseconds. Where a device cannot, libpcap refuses the
    /// request, and the crate passes over that.
    pub(crate) fn is_nanosecond(handle: &Capture<Active>) -> bool {
        /// `PCAP_TSTAMP_PRECISION_NANO`.
        const NANO: libc::c_int = 1;
        // SAFETY: the handle is open for as long as it is borrowed, and libpcap only reads a number out of it.
        unsafe { pcap_get_tstamp_precision(handle.as_ptr().cast()) == NANO }
    }

    /// Whether a compiled filter matches a packet of which only `bytes` were kept. The crate's own `filter` takes the kept
    /// octets for the whole packet, which makes `len`, `greater` and `less` wrong for cut packets.
    pub(crate) fn program_matches(program: &BpfProgram, bytes: &[u8], wire_len: u32) -> bool {
        let header = PacketHeader {
            time: libc::timeval { tv_sec: 0, tv_usec: 0 },
            captured: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            length: wire_len,
        };
        // SAFETY: BpfProgram is a transparent wrapper of struct bpf_program, made by pcap_compile and freed only on drop;
        // header and packet are live, and `captured` is never more than the packet's length.
        unsafe { pcap_offline_filter(program, &raw const header, bytes.as_ptr()) > 0 }
    }
}
