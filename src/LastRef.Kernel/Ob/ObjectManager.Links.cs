using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Directories and symbolic links, as drivers make and open them by handle.</summary>
internal sealed partial class ObjectManager
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.32", Doc = "ZwCreateDirectoryObject, WDK reference")]
    internal GuestTask<NtStatus> ZwCreateDirectoryObject(Out<HandleValue> directoryHandle, uint desiredAccess, ObjectAttributes objectAttributes)
    {
        var body = Create(ObjectKind.Directory, (ulong)ObjectDirectory.SizeOf(Memory.Layout), PoolTags.Directory, ReferenceCause.Creation);
        return InsertAndOpen(body, objectAttributes, desiredAccess, directoryHandle);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenDirectoryObject, WDK reference")]
    internal GuestTask<NtStatus> ZwOpenDirectoryObject(Out<HandleValue> directoryHandle, uint desiredAccess, ObjectAttributes objectAttributes) =>
        OpenNamed(ObjectKind.Directory, directoryHandle, desiredAccess, objectAttributes);

    /// <summary>Makes a link that stores the target's name and references nothing (U-1.59).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.59", Doc = "ZwCreateSymbolicLinkObject, public symbols")]
    internal GuestTask<NtStatus> ZwCreateSymbolicLinkObject(
        Out<HandleValue> linkHandle, uint desiredAccess, ObjectAttributes objectAttributes, UnicodeString linkTarget)
    {
        var body = Create(ObjectKind.SymbolicLink, (ulong)SymbolicLinkObject.SizeOf(Memory.Layout), PoolTags.SymbolicLink, ReferenceCause.Creation);
        _kernel.Rtl.WriteString(new SymbolicLinkObject(Memory, body).LinkTarget, linkTarget.ToText(), PoolTags.SymbolicLink);
        return InsertAndOpen(body, objectAttributes, desiredAccess, linkHandle);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenSymbolicLinkObject, WDK reference")]
    internal GuestTask<NtStatus> ZwOpenSymbolicLinkObject(Out<HandleValue> linkHandle, uint desiredAccess, ObjectAttributes objectAttributes) =>
        OpenNamed(ObjectKind.SymbolicLink, linkHandle, desiredAccess, objectAttributes);

    /// <summary>Gives the target's name; a terminating zero is written where there is room and the length asked for (Doc).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQuerySymbolicLinkObject, WDK reference")]
    internal NtStatus ZwQuerySymbolicLinkObject(HandleValue linkHandle, UnicodeString linkTarget, VirtualAddress returnedLength)
    {
        var (status, body) = Resolve(linkHandle, ObjectKind.SymbolicLink);
        if (!status.IsSuccess)
            return status;
        var text = new SymbolicLinkObject(Memory, body).LinkTarget.ToText();
        var bytes = WideText.Bytes(text + "\0");
        if (!returnedLength.IsNull)
            Memory.WriteUInt32(returnedLength, (uint)bytes.Length);
        var needed = returnedLength.IsNull ? bytes.Length - 2 : bytes.Length;
        if (linkTarget.MaximumLength < needed)
            return NtStatus.BufferTooSmall;
        Memory.Write(linkTarget.Buffer, bytes.AsSpan(0, Math.Min(bytes.Length, linkTarget.MaximumLength)));
        linkTarget.SetLength(Memory, (ushort)(bytes.Length - 2));
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> OpenNamed(ObjectKind kind, Out<HandleValue> handle, uint desiredAccess, ObjectAttributes attributes)
    {
        var (status, body) = FindByAttributes(attributes, TypeAddress(kind));
        if (status.IsSuccess)
            handle.Set(Memory, await OpenWithCallbacks(body, desiredAccess, IsKernelHandle(attributes.Attributes)));
        return status;
    }
}
