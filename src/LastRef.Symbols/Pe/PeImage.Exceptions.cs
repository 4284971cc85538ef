using System.Buffers.Binary;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int ExceptionDirectory = 3;

    /// <summary>The exception directory of an x64 image in file order; linkers sort it by <see cref="RuntimeFunction.Begin"/>.</summary>
    /// <exception cref="ImageFormatException">The directory leaves the image or is too long.</exception>
    public IReadOnlyList<RuntimeFunction> RuntimeFunctions => field ??= ReadRuntimeFunctions();

    /// <summary>Where the exception directory starts; null when the image has none.</summary>
    public Rva? ExceptionTable => Directory(ExceptionDirectory)?.Rva;

    /// <summary>Entry that covers <paramref name="rva"/>; null for a leaf function, which needs none.</summary>
    public RuntimeFunction? FindRuntimeFunction(Rva rva)
    {
        var low = 0;
        var high = RuntimeFunctions.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var function = RuntimeFunctions[middle];
            if (rva < function.Begin)
                high = middle - 1;
            else if (rva >= function.End)
                low = middle + 1;
            else
                return function;
        }
        return null;
    }

    /// <summary>Decodes the unwind information of an entry.</summary>
    /// <exception cref="ImageFormatException">It leaves the image or cannot be decoded.</exception>
    public UnwindInfo ReadUnwindInfo(RuntimeFunction function)
    {
        var address = function.UnwindInfo;
        // Bit 0: the entry borrows the information of another entry (one level; more would be malformed).
        if ((address.Value & 1) != 0)
            address = new Rva(ReadU32(ToRva((address.Value & ~1u) + 8UL, "an indirect exception entry"), "an indirect exception entry"));
        return ReadUnwindInfo(address);
    }

    /// <summary>Decodes the UNWIND_INFO at <paramref name="address"/>.</summary>
    /// <exception cref="ImageFormatException">It leaves the image or cannot be decoded.</exception>
    public UnwindInfo ReadUnwindInfo(Rva address)
    {
        Span<byte> bytes = stackalloc byte[UnwindInfo.MaximumSize];
        var length = (int)Math.Min((uint)bytes.Length, MappedSize - Math.Min(address.Value, MappedSize));
        ReadExactly(address, bytes[..length], "unwind info");
        return UnwindInfo.Parse(bytes[..length], DisplayName, address);
    }

    private RuntimeFunction[] ReadRuntimeFunctions()
    {
        const string Part = "the exception directory";
        if (Directory(ExceptionDirectory) is not { } directory || Machine != ImageMachine.Amd64)
            return [];
        var count = directory.Size / RuntimeFunction.Size;
        if (count > limits.RuntimeFunctions)
            throw Malformed($"{Part} has {count} entries, the limit is {limits.RuntimeFunctions}");
        var bytes = ReadTable(directory.Rva.Value, count, RuntimeFunction.Size, Part);
        var functions = new RuntimeFunction[count];
        for (var index = 0; index < functions.Length; index++)
        {
            var entry = bytes.AsSpan(index * RuntimeFunction.Size, RuntimeFunction.Size);
            functions[index] = new RuntimeFunction(
                new Rva(BinaryPrimitives.ReadUInt32LittleEndian(entry)),
                new Rva(BinaryPrimitives.ReadUInt32LittleEndian(entry[4..])),
                new Rva(BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])));
        }
        return functions;
    }
}
