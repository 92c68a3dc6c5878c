//! DEFLATE as RFC 1951 tells it, slow and obvious: what the server sends is judged by this, and not by the package
//! that made it.

/// Everything that was said on a connection before, or in one message.
#[derive(Default)]
pub struct Inflated {
    pub bytes: Vec<u8>,
    /// How far back the furthest reference went: the window that it took.
    pub furthest: usize,
}

struct Bits<'a> {
    bytes: &'a [u8],
    /// In bits.
    position: usize,
}

const LENGTHS: [(usize, u32); 29] = table(8, 4, 3);
const DISTANCES: [(usize, u32); 30] = table(4, 2, 1);

/// The symbols whose codes have 0, 1, 2 .. 15 bits.
struct CodeBook([Vec<usize>; 16]);

impl CodeBook {
    fn new(lengths: &[u8]) -> Self {
        let mut symbols: [Vec<usize>; 16] = Default::default();
        for (symbol, &length) in lengths.iter().enumerate() {
            symbols[usize::from(length)].push(symbol);
        }
        CodeBook(symbols)
    }
}

/// §3.2.5: codes in groups, each group with one more extra bit than the one before.
const fn table<const N: usize>(first: usize, group: usize, base: usize) -> [(usize, u32); N] {
    let mut table = [(0, 0); N];
    let (mut code, mut value) = (0, base);
    while code < N {
        let bits = if code < first { 0 } else { ((code - first) / group + 1) as u32 };
        table[code] = (value, bits);
        value += 1 << bits;
        code += 1;
    }
    if N == 29 {
        table[28] = (258, 0);
    }
    table
}

impl Inflated {
    /// Adds a message's payload, which lacks its 00 00 ff ff (RFC 7692 §7.2.2).
    pub fn add(&mut self, payload: &[u8]) {
        let bytes = [payload, &[0, 0, 0xFF, 0xFF]].concat();
        let mut bits = Bits { bytes: &bytes, position: 0 };
        while bits.position + 3 <= 8 * bytes.len() {
            let _is_final = bits.take(1);
            match bits.take(2) {
                0 => self.stored(&mut bits),
                1 => {
                    let lengths: Vec<u8> = [(8, 144), (9, 112), (7, 24), (8, 8)]
                        .into_iter()
                        .flat_map(|(length, times)| std::iter::repeat_n(length, times))
                        .collect();
                    self.compressed(&mut bits, &lengths, &[5; 30]);
                }
                2 => {
                    let (lengths, distances) = bits.tables();
                    self.compressed(&mut bits, &lengths, &distances);
                }
                _ => panic!("a reserved kind of block"),
            }
        }
    }

    fn stored(&mut self, bits: &mut Bits<'_>) {
        bits.position = bits.position.next_multiple_of(8);
        let (length, check) = (bits.take(16), bits.take(16));
        assert_eq!(length, !check & 0xFFFF, "§3.2.4");
        for _ in 0..length {
            self.bytes.push(bits.take(8) as u8);
        }
    }

    fn compressed(&mut self, bits: &mut Bits<'_>, lengths: &[u8], distances: &[u8]) {
        let (lengths, distances) = (CodeBook::new(lengths), CodeBook::new(distances));
        loop {
            match bits.symbol(&lengths) {
                literal @ 0..=255 => self.bytes.push(literal as u8),
                256 => return,
                code => {
                    let (length, extra) = LENGTHS[code - 257];
                    let length = length + bits.take(extra);
                    let (distance, extra) = DISTANCES[bits.symbol(&distances)];
                    let distance = distance + bits.take(extra);
                    self.furthest = self.furthest.max(distance);
                    for _ in 0..length {
                        self.bytes.push(self.bytes[self.bytes.len() - distance]);
                    }
                }
            }
        }
    }
}

impl Bits<'_> {
    /// The least significant bit comes first.
    fn take(&mut self, count: u32) -> usize {
        (0..count).fold(0, |value, place| value | self.bit() << place)
    }

    fn bit(&mut self) -> usize {
        let bit = self.bytes[self.position / 8] >> (self.position % 8) & 1;
        self.position += 1;
        bit.into()
    }

    /// §3.2.2: codes of one length are consecutive numbers, in the order of their symbols.
    fn symbol(&mut self, code_book: &CodeBook) -> usize {
        let (mut code, mut first) = (0, 0);
        for symbols in &code_book.0[1..] {
            code = code << 1 | self.bit();
            if let Some(&symbol) = code.checked_sub(first).and_then(|place| symbols.get(place)) {
                return symbol;
            }
            first = (first + symbols.len()) << 1;
        }
        panic!("no such code");
    }

    /// §3.2.7
    fn tables(&mut self) -> (Vec<u8>, Vec<u8>) {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let (literals, distances, codes) = (self.take(5) + 257, self.take(5) + 1, self.take(4) + 4);
        let mut of_codes = [0; 19];
        for &place in &ORDER[..codes] {
            of_codes[place] = self.take(3) as u8;
        }
        let of_codes = CodeBook::new(&of_codes);
        let mut lengths: Vec<u8> = Vec::new();
        while lengths.len() < literals + distances {
            let (length, times) = match self.symbol(&of_codes) {
                16 => (*lengths.last().expect("something to repeat"), 3 + self.take(2)),
                17 => (0, 3 + self.take(3)),
                18 => (0, 11 + self.take(7)),
                length => (length as u8, 1),
            };
            lengths.extend(std::iter::repeat_n(length, times));
        }
        let distances = lengths.split_off(literals);
        (lengths, distances)
    }
}
