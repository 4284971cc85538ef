using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The run-time library: strings, lists, trees, versions.</summary>
internal sealed partial class RuntimeLibrary(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    private CallerMemory Caller => new(_kernel);

    /// <summary>The variables that tell drivers about the code pages; none has lead bytes.</summary>
    public void Boot()
    {
        Memory.WriteByte(_kernel.Images.DefineVariable("NlsMbCodePageTag", 1), 0);
        Memory.WriteByte(_kernel.Images.DefineVariable("NlsMbOemCodePageTag", 1), 0);
        Memory.WriteUInt16(_kernel.Images.DefineVariable("NlsAnsiCodePage", 2), (ushort)CodePage.Ansi.Number);
        Memory.WriteUInt16(_kernel.Images.DefineVariable("NlsOemCodePage", 2), (ushort)CodePage.Oem.Number);
    }

    /// <summary>Gives a UNICODE_STRING a buffer of its own with the text and a terminating zero.</summary>
    /// <remarks>MaximumLength counts the terminator, Length does not (T-04).</remarks>
    public void WriteString(UnicodeString text, string value, uint tag)
    {
        var bytes = WideText.Bytes(value + "\0");
        PlaceString(text, _kernel.Ex.NonPagedPool.Allocate((ulong)bytes.Length, tag, null), bytes);
    }

    /// <summary>Writes characters that end with a null into memory that was allocated for them, and makes a string of them.</summary>
    public void PlaceString(UnicodeString text, VirtualAddress buffer, byte[] characters)
    {
        Memory.Write(buffer, characters);
        text.SetLength(Memory, (ushort)(characters.Length - 2));
        text.SetMaximumLength(Memory, (ushort)characters.Length);
        text.SetBuffer(Memory, buffer);
    }
}
