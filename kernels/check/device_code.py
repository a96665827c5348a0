#!/usr/bin/env python3
"""Is every fused multiply-add in the built GPU code the one exact use, 2.0 * t + c?

Reads the machine code of every architecture, and the PTX that newer GPUs compile for themselves, out
of a built library or object. It decodes the few fields it needs by itself: the toolkit's disassembler
is a package of its own, which a machine that can compile need not have. Opcodes are those of the
16-byte instructions that all architectures since Volta share.

usage: device_code.py [--table] FILE
"""
import collections
import re
import struct
import sys

EM_CUDA = 190
INSTRUCTION_BYTES = 16
# The low 9 bits of an instruction; the 3 above them say where the operands are.
OPCODES = {0x020: "FMUL", 0x021: "FADD", 0x023: "FFMA", 0x028: "DMUL", 0x029: "DADD",
           0x02A: "DSETP", 0x02B: "DFMA"}
LOCAL_MEMORY = {0x983: "LDL", 0x387: "STL"}  # spilled registers; all 12 bits
IMMEDIATE_SECOND_OPERAND = 4  # of those 3 bits
TWO = {"DFMA": 0x40000000, "FFMA": 0x40000000}  # high word of 2.0, and 2.0f


def sections(image, start):
    """Name and bytes of each section of the 64-bit ELF image that begins at `start`."""
    table, = struct.unpack_from("<Q", image, start + 40)
    entry_bytes, count, names_at = struct.unpack_from("<HHH", image, start + 58)
    headers = [struct.unpack_from("<IIQQQQ", image, start + table + i * entry_bytes)
               for i in range(count)]
    names = start + headers[names_at][4]
    for name, _, _, _, offset, size in headers:
        end = image.index(b"\0", names + name)
        yield image[names + name:end].decode(), image[start + offset:start + offset + size]


def kernels(image):
    """Architecture, kernel and code of everything compiled to machine code."""
    for match in re.finditer(rb"\x7fELF\x02\x01", image):
        start = match.start()
        machine, = struct.unpack_from("<H", image, start + 18)
        if machine != EM_CUDA:
            continue
        flags, = struct.unpack_from("<I", image, start + 48)
        for name, code in sections(image, start):
            if name.startswith(".text."):
                yield f"sm_{flags >> 8 & 0xff}", re.search(r"\d([a-z_]+_kernel)", name)[1], code


def examine(code):
    """How often each instruction of interest occurs, and what is wrong."""
    counts, faults = collections.Counter(), []
    for offset in range(0, len(code) - len(code) % INSTRUCTION_BYTES, INSTRUCTION_BYTES):
        low, = struct.unpack_from("<Q", code, offset)
        if low & 0xFFF in LOCAL_MEMORY:
            faults.append(f"spills a register ({LOCAL_MEMORY[low & 0xFFF]} at {offset:#x})")
        name = OPCODES.get(low & 0x1FF)
        if name is None:
            continue
        counts[name] += 1
        doubles = (low >> 9 & 7) == IMMEDIATE_SECOND_OPERAND and low >> 32 == TWO.get(name)
        if name in TWO and not doubles:
            faults.append(f"{name} at {offset:#x} is not a doubling")
    return counts, faults


def ptx_faults(image):
    """PTX arithmetic that a driver's compiler may contract, or that is fused and no doubling."""
    for entry in re.split(rb"\.entry ", image)[1:]:
        text = entry[:entry.find(b"\0")].decode(errors="replace")
        twos = set(re.findall(r"\nmov\.f\d\d (%\w+), (?:0d4000000000000000|0f40000000);", text))
        for operation, operands in re.findall(
                r"\n(?:@\S+ )?((?:fma|mul|add|sub|mad)\.\S*f(?:32|64)) ([^;]*);", text):
            if operation.startswith("fma.rn."):
                if twos.isdisjoint(operands.split(", ")[1:3]):
                    yield f"PTX: {operation} {operands} is not a doubling"
            elif not re.match(r"(mul|add|sub)\.rn\.", operation):
                yield f"PTX: {operation} {operands} may be contracted"


def main(arguments):
    with open(arguments[-1], "rb") as file:
        image = file.read()
    found, faults = 0, list(ptx_faults(image))
    for architecture, kernel, code in kernels(image):
        counts, wrong = examine(code)
        found += counts["DFMA"]
        faults += [f"{architecture} {kernel}: {fault}" for fault in wrong]
        if "--table" in arguments:
            print(architecture, kernel, len(code) // INSTRUCTION_BYTES, dict(sorted(counts.items())))
    if b".target sm_" not in image:
        faults.append("no PTX found")
    for fault in faults:
        print("FAILED", fault)
    print(f"{found} DFMA, {len(faults)} faults")
    return 0 if found and not faults else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
