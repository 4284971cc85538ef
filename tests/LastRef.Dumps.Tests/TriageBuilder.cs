using System.Buffers.Binary;
using System.Text;

namespace LastRef.Tests;

/// <summary>A small dump of 64 KB, made from the specification alone.</summary>
internal static class TriageBuilder
{
    public const ulong KernelBase = 0xFFFF_F800_1000_0000;
    public const ulong Stack = 0xFFFF_D000_0000_1000;

    public static byte[] Build()
    {
        var file = new byte[0x10000];
        new DumpBuilder().Header(4).CopyTo(file, 0);
        U32(0x2004, 0x10000);
        U32(0x2008, 0xFFFC);
        "TRGD"u8.CopyTo(file.AsSpan(0xFFFC));
        U32(0x2018, 0x3000);
        U32(0x2028, 0x4000);
        U32(0x202C, 0x100);
        U64(0x2048, Stack);
        file.AsSpan(0x4000, 0x100).Fill(0x5A);
        U32(0x2030, 0x5000);
        U32(0x2034, 2);
        Module(0, 0x6000, @"\SystemRoot\system32\ntoskrnl.exe", KernelBase, 0x1046000, 0x0D8333E6);
        Module(1, 0x6100, "stuck.sys", 0xFFFF_F800_4000_0000, 0x8000, 0x12345678);

        // Unloaded: one, of which the name is cut.
        U64(0x3000, 1);
        U32(0x3008, 2 * (uint)"dump_storport.sys".Length);
        Encoding.Unicode.GetBytes("dump_storpor").CopyTo(file, 0x3018);
        U64(0x3030, 0xFFFF_F800_5000_0000);
        U64(0x3038, 0xFFFF_F800_5000_9000);

        // Debugger data, plain.
        U32(0x2070, 0x7000);
        U32(0x2074, 0x380);
        "KDBG"u8.CopyTo(file.AsSpan(0x7010));
        U32(0x7014, 0x380);
        U64(0x7018, KernelBase);
        U64(0x7048, KernelBase + 0xC2A390);

        // Blocks that touch, overlap and lie in each other.
        U32(0x2078, 0x8000);
        U32(0x207C, 4);
        Block(0, 0xFFFF_8A00_0000_0800, 0x9000, 0x200, 1);
        Block(1, 0xFFFF_8A00_0000_0A00, 0x9200, 0x200, 2);
        Block(2, 0xFFFF_8A00_0000_0B00, 0x9500, 0x200, 3);
        Block(3, 0xFFFF_8A00_0000_0880, 0x9700, 0x10, 1);
        return file;

        void U32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
        void U64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);

        void Module(int index, int nameAt, string name, ulong imageBase, uint size, uint stamp)
        {
            var record = 0x5000 + (0x90 * index);
            U32(record, (uint)nameAt);
            U64(record + 0x38, imageBase);
            U32(record + 0x48, size);
            U32(record + 0x88, stamp);
            U32(nameAt, (uint)name.Length);
            Encoding.Unicode.GetBytes(name).CopyTo(file, nameAt + 4);
        }

        void Block(int index, ulong address, int offset, int bytes, byte fill)
        {
            U64(0x8000 + (16 * index), address);
            U32(0x8008 + (16 * index), (uint)offset);
            U32(0x800C + (16 * index), (uint)bytes);
            file.AsSpan(offset, bytes).Fill(fill);
        }
    }
}
