namespace LastRef.Kernel;

/// <summary>Formatting into buffers.</summary>
internal sealed partial class CRuntime
{
    [KernelExport("ntoskrnl.exe", Doc = "sprintf, C run-time reference", Missing = "floating point, %n")]
    internal int sprintf(VirtualAddress buffer, VirtualAddress format, VarArgs arguments) => PrintAll(buffer, format, arguments, wide: false);

    /// <summary>The kernel's swprintf is the old one, without a size.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "swprintf, C run-time reference: __swprintf_l without a size", Missing = "floating point, %n")]
    [KernelExport("ntoskrnl.exe", Name = "_swprintf", Doc = "_swprintf, C run-time reference", Missing = "floating point, %n")]
    internal int swprintf(VirtualAddress buffer, VirtualAddress format, VarArgs arguments) => PrintAll(buffer, format, arguments, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "vsprintf, C run-time reference", Missing = "floating point, %n")]
    internal int vsprintf(VirtualAddress buffer, VirtualAddress format, VirtualAddress arguments) =>
        PrintAll(buffer, format, List(arguments), wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "vsprintf, _vswprintf, C run-time reference", Missing = "floating point, %n")]
    internal int _vswprintf(VirtualAddress buffer, VirtualAddress format, VirtualAddress arguments) =>
        PrintAll(buffer, format, List(arguments), wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_snprintf, C run-time reference", Missing = "floating point, %n")]
    internal int _snprintf(VirtualAddress buffer, ulong count, VirtualAddress format, VarArgs arguments) =>
        PrintSome(buffer, count, format, arguments, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_snprintf, _snwprintf, C run-time reference", Missing = "floating point, %n")]
    internal int _snwprintf(VirtualAddress buffer, ulong count, VirtualAddress format, VarArgs arguments) =>
        PrintSome(buffer, count, format, arguments, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_vsnprintf, C run-time reference", Missing = "floating point, %n")]
    internal int _vsnprintf(VirtualAddress buffer, ulong count, VirtualAddress format, VirtualAddress arguments) =>
        PrintSome(buffer, count, format, List(arguments), wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_vsnprintf, _vsnwprintf, C run-time reference", Missing = "floating point, %n")]
    internal int _vsnwprintf(VirtualAddress buffer, ulong count, VirtualAddress format, VirtualAddress arguments) =>
        PrintSome(buffer, count, format, List(arguments), wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "sprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int sprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, VirtualAddress format, VarArgs arguments) =>
        PrintBounded(buffer, sizeOfBuffer, null, format, arguments, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "sprintf_s, swprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int swprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, VirtualAddress format, VarArgs arguments) =>
        PrintBounded(buffer, sizeOfBuffer, null, format, arguments, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "vsprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int vsprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, VirtualAddress format, VirtualAddress arguments) =>
        PrintBounded(buffer, sizeOfBuffer, null, format, List(arguments), wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "vsprintf_s, vswprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int vswprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, VirtualAddress format, VirtualAddress arguments) =>
        PrintBounded(buffer, sizeOfBuffer, null, format, List(arguments), wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_snprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int _snprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, ulong count, VirtualAddress format, VarArgs arguments) =>
        PrintBounded(buffer, sizeOfBuffer, count, format, arguments, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_snprintf_s, _snwprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int _snwprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, ulong count, VirtualAddress format, VarArgs arguments) =>
        PrintBounded(buffer, sizeOfBuffer, count, format, arguments, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_vsnprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int _vsnprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, ulong count, VirtualAddress format, VirtualAddress arguments) =>
        PrintBounded(buffer, sizeOfBuffer, count, format, List(arguments), wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_vsnprintf_s, _vsnwprintf_s, C run-time reference", Missing = "floating point, %n")]
    internal int _vsnwprintf_s(VirtualAddress buffer, ulong sizeOfBuffer, ulong count, VirtualAddress format, VirtualAddress arguments) =>
        PrintBounded(buffer, sizeOfBuffer, count, format, List(arguments), wide: true);

    private VarArgs List(VirtualAddress arguments) => VarArgs.FromList(_kernel.Memory, arguments);

    private string Expand(VirtualAddress format, VarArgs arguments, bool wide) => new PrintFormatter(_kernel, wide).Format(format, arguments);

    private int PrintAll(VirtualAddress buffer, VirtualAddress format, VarArgs arguments, bool wide)
    {
        var text = Expand(format, arguments, wide);
        Caller.WriteText(buffer, text + '\0', wide);
        return text.Length;
    }

    /// <summary>Writes at most a number of characters; the terminator only when there is room for it too.</summary>
    /// <returns>Characters without the terminator; -1 when not all fit.</returns>
    private int PrintSome(VirtualAddress buffer, ulong count, VirtualAddress format, VarArgs arguments, bool wide)
    {
        var text = Expand(format, arguments, wide);
        if ((ulong)text.Length < count)
            Caller.WriteText(buffer, text + '\0', wide);
        else
            Caller.WriteText(buffer, text.AsSpan(0, (int)count), wide);
        return (ulong)text.Length <= count ? text.Length : -1;
    }

    /// <summary>Always ends the text; what does not fit is an error unless the caller asked for less than the buffer.</summary>
    /// <param name="count">Most characters wanted; null for all.</param>
    private int PrintBounded(VirtualAddress buffer, ulong size, ulong? count, VirtualAddress format, VarArgs arguments, bool wide)
    {
        if (buffer.IsNull || size == 0 || format.IsNull)
            return -1;
        var text = Expand(format, arguments, wide);
        var wanted = Math.Min((ulong)text.Length, count ?? ulong.MaxValue);
        if (wanted >= size)
        {
            if (count != Truncate)
            {
                MakeEmpty(buffer, wide);
                return -1;
            }

            wanted = size - 1;
        }

        Caller.WriteText(buffer, text[..(int)wanted] + '\0', wide);
        return wanted < (ulong)text.Length ? -1 : text.Length;
    }
}
