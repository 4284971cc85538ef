using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LastRef;

/// <summary>A target that can be written: the lab's machine or a test's.</summary>
public abstract class MutableTarget : Target
{
    /// <summary>Writes all bytes or none. Page protection does not apply: this is the hand of the kernel, not of a driver.</summary>
    /// <returns>False when any byte is not mapped.</returns>
    public abstract bool TryWrite(VirtualAddress address, ReadOnlySpan<byte> bytes);

    /// <exception cref="TargetReadException">Any byte is not mapped; nothing was written.</exception>
    public void Write(VirtualAddress address, ReadOnlySpan<byte> bytes)
    {
        if (!TryWrite(address, bytes))
            throw new TargetReadException(address, ReadFailure.NotMapped);
    }

    public void WriteByte(VirtualAddress address, byte value) => Write(address, [value]);

    public void WriteUInt16(VirtualAddress address, ushort value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(buffer, value);
        Write(address, buffer);
    }

    public void WriteUInt32(VirtualAddress address, uint value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        Write(address, buffer);
    }

    public void WriteUInt64(VirtualAddress address, ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        Write(address, buffer);
    }

    public void WritePointer(VirtualAddress address, VirtualAddress value) => WriteUInt64(address, value.Value);

    /// <summary>Writes a value in its memory form: integers, enums, <see cref="VirtualAddress"/>, <see cref="NtStatus"/> and the like.</summary>
    public void WriteValue<T>(VirtualAddress address, T value) where T : unmanaged =>
        Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    internal void WriteBits(VirtualAddress structure, BitFieldLayout field, ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        Read(structure + field.Offset, buffer[..field.Size]);
        var mask = field.Mask << field.Position;
        var storage = (BinaryPrimitives.ReadUInt64LittleEndian(buffer) & ~mask) | ((value << field.Position) & mask);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, storage);
        Write(structure + field.Offset, buffer[..field.Size]);
    }

    /// <summary>Fills with zeros.</summary>
    public void Clear(VirtualAddress address, int byteCount)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (var offset = 0; offset < byteCount; offset += zeros.Length)
            Write(address + offset, zeros[..Math.Min(zeros.Length, byteCount - offset)]);
    }
}
