using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>Memory as run-time library code touches it for its caller: page protections count, and a fault names the first bad byte.</summary>
/// <remarks>The routines of the library check no pointer, so a bad one faults in them as it would in the driver (Doc: EXCEPTION_RECORD).</remarks>
internal readonly struct CallerMemory(NtKernel kernel)
{
    private const int PageBytes = GuestMemory.PageSize;

    /// <exception cref="GuestRaisedException">Access violation at the first byte that cannot be read; what precedes it is in the buffer.</exception>
    public void Read(VirtualAddress address, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, BytesInPage(address));
            CheckAccess(address, AccessKind.Read);
            if (!kernel.Memory.TryRead(address, buffer[..count], out _))
                throw Fault(address, AccessKind.Read);
            buffer = buffer[count..];
            address += count;
        }
    }

    /// <exception cref="GuestRaisedException">Access violation at the first byte that cannot be written; what precedes it is written.</exception>
    public void Write(VirtualAddress address, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, BytesInPage(address));
            CheckAccess(address, AccessKind.Write);
            if (!kernel.Memory.TryWrite(address, bytes[..count]))
                throw Fault(address, AccessKind.Write);
            bytes = bytes[count..];
            address += count;
        }
    }

    /// <summary>Moves bytes as memmove does: the blocks may overlap.</summary>
    public void Move(VirtualAddress destination, VirtualAddress source, ulong byteCount)
    {
        Span<byte> chunk = stackalloc byte[PageBytes];
        if (destination - source >= byteCount)
        {
            for (ulong done = 0; done < byteCount;)
            {
                var part = chunk[..(int)Math.Min(byteCount - done, (ulong)Math.Min(BytesInPage(source + done), BytesInPage(destination + done)))];
                Read(source + done, part);
                Write(destination + done, part);
                done += (ulong)part.Length;
            }

            return;
        }

        while (byteCount > 0)
        {
            var part = chunk[..(int)Math.Min(byteCount, PageBytes)];
            byteCount -= (ulong)part.Length;
            Read(source + byteCount, part);
            Write(destination + byteCount, part);
        }
    }

    public void Fill(VirtualAddress destination, byte value, ulong byteCount)
    {
        Span<byte> chunk = stackalloc byte[PageBytes];
        chunk.Fill(value);
        for (ulong done = 0; done < byteCount;)
        {
            var count = (int)Math.Min(byteCount - done, (ulong)BytesInPage(destination + done));
            Write(destination + done, chunk[..count]);
            done += (ulong)count;
        }
    }

    /// <summary>Offset of the first byte in which two blocks differ; <paramref name="byteCount"/> when they are equal.</summary>
    public ulong FirstDifference(VirtualAddress left, VirtualAddress right, ulong byteCount)
    {
        Span<byte> leftBytes = stackalloc byte[256];
        Span<byte> rightBytes = stackalloc byte[256];
        for (ulong done = 0; done < byteCount;)
        {
            var room = Math.Min(256, Math.Min(BytesInPage(left + done), BytesInPage(right + done)));
            var count = (int)Math.Min(byteCount - done, (ulong)room);
            Read(left + done, leftBytes[..count]);
            Read(right + done, rightBytes[..count]);
            var same = leftBytes[..count].CommonPrefixLength(rightBytes[..count]);
            done += (ulong)same;
            if (same < count)
                return done;
        }

        return byteCount;
    }

    public byte ReadByte(VirtualAddress address)
    {
        Span<byte> one = stackalloc byte[1];
        Read(address, one);
        return one[0];
    }

    public char ReadChar(VirtualAddress address)
    {
        Span<byte> two = stackalloc byte[2];
        Read(address, two);
        return (char)BinaryPrimitives.ReadUInt16LittleEndian(two);
    }

    /// <summary>Writes characters as bytes of the same value, or as UTF-16.</summary>
    public void WriteText(VirtualAddress address, ReadOnlySpan<char> text, bool wide)
    {
        Span<byte> chunk = stackalloc byte[512];
        var unit = wide ? 2 : 1;
        while (text.Length > 0)
        {
            var part = text[..Math.Min(text.Length, 256)];
            for (var i = 0; i < part.Length; i++)
            {
                if (wide)
                    BinaryPrimitives.WriteUInt16LittleEndian(chunk[(2 * i)..], part[i]);
                else
                    chunk[i] = unchecked((byte)part[i]);
            }

            Write(address, chunk[..(part.Length * unit)]);
            address += part.Length * unit;
            text = text[part.Length..];
        }
    }

    /// <summary>Characters up to a zero or a limit; bytes become characters of the same value.</summary>
    /// <param name="limit">Most characters looked at; memory behind them is not touched.</param>
    public string ReadText(VirtualAddress address, bool wide, ulong limit = ulong.MaxValue)
    {
        var text = new StringBuilder();
        var reader = new UnitReader(this, address, wide);
        for (ulong i = 0; i < limit; i++)
        {
            var unit = reader.Next();
            if (unit == 0)
                break;
            text.Append(unit);
        }

        return text.ToString();
    }

    /// <summary>A block of characters of known length, zeros included.</summary>
    public string ReadBlock(VirtualAddress address, int characters, bool wide)
    {
        if (wide)
        {
            var text = new char[characters];
            Read(address, MemoryMarshal.AsBytes(text.AsSpan()));
            return new string(text);
        }

        var bytes = new byte[characters];
        Read(address, bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Bytes from an address to the end of its page.</summary>
    internal static int BytesInPage(VirtualAddress address) => PageBytes - (int)(address.Value & (PageBytes - 1));

    /// <summary>A page that is mapped may still refuse; device memory refuses nothing.</summary>
    private void CheckAccess(VirtualAddress address, AccessKind kind)
    {
        var needed = kind == AccessKind.Read ? PageAccess.Read : PageAccess.Write;
        if (kernel.Guest.TryQuery(address.Value, out var access, out _) && (access & needed) == 0)
            throw KernelCore.AccessViolation(address, kind);
    }

    private Exception Fault(VirtualAddress address, AccessKind kind) =>
        kernel.Images.MissingDataAt(address) is { } name
            ? MachineStopException.Unsupported(UnsupportedKind.Data, name)
            : kernel.Images.WindowsModuleAt(address) is { } module ? ImageLoader.UseOfWindowsModule(module)
            : KernelCore.AccessViolation(address, kind);
}
