/* The bare loop that speed is measured against: libpcap's pcap_next_ex, and nothing but counting. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!pcap) {
        fprintf(stderr, "usage: pcap_loop FILE: %s\n", argc == 2 ? error : "");
        return 1;
    }
    struct pcap_pkthdr *header;
    const u_char *octets;
    unsigned long long packets = 0, total = 0;
    while (pcap_next_ex(pcap, &header, &octets) == 1) {
        packets++;
        total += header->caplen;
    }
    printf("%llu packets, %llu octets\n", packets, total);
    pcap_close(pcap);
    return 0;
}
