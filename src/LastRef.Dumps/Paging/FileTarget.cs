namespace LastRef.Dumps;

/// <summary>A file's own bytes, read by their offsets: for structures that a dump holds outside its memory.</summary>
internal sealed class FileTarget(BlockCache file, TypeLayout layout) : Target
{
    public override TypeLayout Layout => layout;

    public override bool TryRead(VirtualAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        var isRead = address.Value <= long.MaxValue && file.TryRead((long)address.Value, buffer);
        failure = isRead ? ReadFailure.None : ReadFailure.NotInDump;
        return isRead;
    }
}
