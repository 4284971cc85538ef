namespace LastRef.Symbols;

/// <summary>The decoded UNWIND_INFO of a function or of a part of one.</summary>
/// <remarks>Source: "x64 exception handling" (Microsoft C++ reference); version 2 as used by linkers since 2013.</remarks>
public sealed class UnwindInfo
{
    /// <summary>Largest UNWIND_INFO in bytes without the language-specific handler data: header, 255 codes and padding, chained entry.</summary>
    public const int MaximumSize = 4 + 2 * 256 + RuntimeFunction.Size;

    private UnwindInfo(byte version, UnwindInfoOptions options, byte prologBytes, byte frameRegister, byte frameOffset, IReadOnlyList<UnwindCode> codes)
    {
        Version = version;
        Options = options;
        PrologBytes = prologBytes;
        FrameRegister = frameRegister;
        FrameOffset = frameOffset;
        Codes = codes;
    }

    /// <summary>1 or 2.</summary>
    public byte Version { get; }

    public UnwindInfoOptions Options { get; }

    /// <summary>Length of the prologue in bytes.</summary>
    public byte PrologBytes { get; }

    /// <summary>Number of the frame register (5 = rbp); 0 when the function has none.</summary>
    public byte FrameRegister { get; }

    /// <summary>Bytes from rsp to the frame register when it was set; already scaled by 16.</summary>
    public byte FrameOffset { get; }

    /// <summary>Codes in stored order: epilogue records first, then the prologue's instructions, last one first.</summary>
    public IReadOnlyList<UnwindCode> Codes { get; }

    /// <summary>The entry whose codes go on where these end; null unless <see cref="UnwindInfoOptions.Chained"/>.</summary>
    public RuntimeFunction? Chained { get; private init; }

    /// <summary>The exception or termination handler; null when there is none.</summary>
    public Rva? Handler { get; private init; }

    /// <summary>Offset of the handler's own data (a scope table for <c>__C_specific_handler</c>) from the start of UNWIND_INFO; null without a handler.</summary>
    public int? HandlerDataOffset { get; private init; }

    /// <summary>Decodes UNWIND_INFO from the bytes at its address; bytes behind it are not looked at.</summary>
    /// <param name="bytes">At least the structure, at most <see cref="MaximumSize"/> bytes are used; shorter at the end of an image.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="address">RVA of the structure, for messages.</param>
    /// <exception cref="ImageFormatException">Unknown version or operation, a code cut off, or the bytes end too early.</exception>
    public static UnwindInfo Parse(ReadOnlySpan<byte> bytes, string file, Rva address)
    {
        var cursor = new ByteCursor(bytes, file, $"unwind info of RVA 0x{address}");
        var first = cursor.U8();
        var version = (byte)(first & 7);
        var options = (UnwindInfoOptions)(first >> 3);
        if (version is not (1 or 2))
            throw cursor.Malformed($"has version {version}; 1 and 2 are known");
        var prologBytes = cursor.U8();
        var slotCount = cursor.U8();
        var frame = cursor.U8();
        var slots = cursor.Take(2 * slotCount);
        var codes = Decode(new ByteCursor(slots, file, $"unwind codes of RVA 0x{address}"), version);
        if ((slotCount & 1) != 0)
            cursor.Skip(2);

        RuntimeFunction? chained = null;
        Rva? handler = null;
        int? handlerData = null;
        if ((options & UnwindInfoOptions.Chained) != 0)
        {
            chained = new RuntimeFunction(new Rva(cursor.U32()), new Rva(cursor.U32()), new Rva(cursor.U32()));
        }
        else if ((options & (UnwindInfoOptions.ExceptionHandler | UnwindInfoOptions.TerminationHandler)) != 0)
        {
            handler = new Rva(cursor.U32());
            handlerData = cursor.Position;
        }
        return new UnwindInfo(version, options, prologBytes, (byte)(frame & 15), (byte)(frame & 0xF0), codes)
        {
            Chained = chained,
            Handler = handler,
            HandlerDataOffset = handlerData,
        };
    }

    private static UnwindCode[] Decode(ByteCursor cursor, byte version)
    {
        var codes = new List<UnwindCode>();
        while (!cursor.AtEnd)
        {
            var offset = cursor.U8();
            var packed = cursor.U8();
            var operation = (UnwindOperation)(packed & 15);
            var info = (byte)(packed >> 4);
            uint operand = 0;
            switch (operation)
            {
                case UnwindOperation.PushNonVolatile or UnwindOperation.SetFramePointer:
                case UnwindOperation.PushMachineFrame when info <= 1:
                case UnwindOperation.Epilog when version == 2:
                    break;
                case UnwindOperation.AllocateLarge when info <= 1:
                    operand = info == 0 ? cursor.U16() * 8u : cursor.U32();
                    break;
                case UnwindOperation.AllocateSmall:
                    operand = info * 8u + 8;
                    break;
                case UnwindOperation.SaveNonVolatile:
                    operand = cursor.U16() * 8u;
                    break;
                case UnwindOperation.SaveXmm128:
                    operand = cursor.U16() * 16u;
                    break;
                case UnwindOperation.SaveNonVolatileFar or UnwindOperation.SaveXmm128Far:
                    operand = cursor.U32();
                    break;
                case UnwindOperation.Spare when version == 2:
                    cursor.Skip(4);
                    break;
                default:
                    throw cursor.Malformed($"has operation {packed & 15} with info {info}, which version {version} does not define");
            }
            codes.Add(new UnwindCode(offset, operation, info, operand));
        }
        return [.. codes];
    }
}
