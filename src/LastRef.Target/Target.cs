using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LastRef;

/// <summary>A machine's memory with the layout of its kernel: the lab's, or that of a crash dump.</summary>
/// <remarks>Reading never changes a target. Writing takes a <see cref="MutableTarget"/>, which a dump cannot give.</remarks>
public abstract class Target
{
    /// <summary>Structure layouts of the kernel build that the target runs.</summary>
    public abstract TypeLayout Layout { get; }

    /// <summary>Reads <paramref name="buffer"/>.Length bytes.</summary>
    /// <param name="failure">Why the first unreadable byte could not be read; <see cref="ReadFailure.None"/> on success.</param>
    /// <returns>False when any byte is unreadable; the buffer's content is then undefined.</returns>
    public abstract bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure);

    /// <exception cref="TargetReadException">Any byte is unreadable.</exception>
    public void Read(VirtualAddress address, Span<byte> buffer)
    {
        if (!TryRead(address, buffer, out var failure))
            throw new TargetReadException(address, failure);
    }

    public byte ReadByte(VirtualAddress address)
    {
        Span<byte> buffer = stackalloc byte[1];
        Read(address, buffer);
        return buffer[0];
    }

    public ushort ReadUInt16(VirtualAddress address)
    {
        Span<byte> buffer = stackalloc byte[2];
        Read(address, buffer);
        return BinaryPrimitives.ReadUInt16LittleEndian(buffer);
    }

    public uint ReadUInt32(VirtualAddress address)
    {
        Span<byte> buffer = stackalloc byte[4];
        Read(address, buffer);
        return BinaryPrimitives.ReadUInt32LittleEndian(buffer);
    }

    public ulong ReadUInt64(VirtualAddress address)
    {
        Span<byte> buffer = stackalloc byte[8];
        Read(address, buffer);
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer);
    }

    public VirtualAddress ReadPointer(VirtualAddress address) => new(ReadUInt64(address));

    /// <summary>Reads a value in its memory form: integers, enums, <see cref="VirtualAddress"/>, <see cref="NtStatus"/> and the like.</summary>
    /// <exception cref="TargetReadException">Any byte is unreadable.</exception>
    public T ReadValue<T>(VirtualAddress address) where T : unmanaged
    {
        T value = default;
        Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    internal ulong ReadBits(VirtualAddress structure, BitFieldLayout field)
    {
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        Read(structure + field.Offset, buffer[..field.Size]);
        return (BinaryPrimitives.ReadUInt64LittleEndian(buffer) >> field.Position) & field.Mask;
    }
}
