//! Words that would steer a terminal, a page, a diagram or a deck, put wherever a packet or a person can put words.

use synfin::timeline::{Detail, Text, Timeline};

/// Something for every format.
pub const WORDS: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)>]]>&amp;<!-- -->\u{1b}[2J\u{7}\u{9b}\u{202e}\u{0} \
     %%{init: {'theme':'x'}}%% wrap: a;b#c\n@enduml\n!include x\n%date() [[http://a b]] [x](javascript:1) {{ 1+1 }}\n---\n\
     \\input{x} \\end{document} \\write18{x} =1+1 \"' onload='x";

/// Puts the words wherever a timeline has room for words of others.
pub fn fill(timeline: &mut Timeline) {
    let both = || Text::new(WORDS, WORDS);
    timeline.source.name = WORDS.into();
    for endpoint in &mut timeline.endpoints {
        (endpoint.name, endpoint.process) = (Some(WORDS.into()), Some(WORDS.into()));
    }
    for connection in &mut timeline.connections {
        connection.verdict = both();
        (connection.open.title, connection.close.title) = (both(), both());
    }
    for step in &mut timeline.steps {
        (step.title, step.note) = (both(), both());
    }
    for event in &mut timeline.events {
        for note in &mut event.notes {
            (note.text, note.rfc) = (both(), WORDS.into());
        }
        match &mut event.detail {
            Detail::Segment(segment) => segment.flags = vec![WORDS.into()],
            Detail::Call(call) => (call.arguments, call.text) = (WORDS.into(), both()),
            Detail::Message(message) => message.problems = vec![both()],
            _ => {}
        }
    }
}
