using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Symbolic links (spec 1.8).</summary>
internal sealed partial class IoManager
{
    /// <summary>Makes a symbolic link; it names its target and holds nothing.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.59 U-1.60 U-6.41")]
    internal GuestTask<NtStatus> IoCreateSymbolicLink(UnicodeString symbolicLinkName, UnicodeString deviceName) =>
        CreateLink(symbolicLinkName.ToText(), deviceName.ToText());

    /// <summary>The same with a security descriptor that lets everybody change the link.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.59 U-6.41")]
    internal GuestTask<NtStatus> IoCreateUnprotectedSymbolicLink(UnicodeString symbolicLinkName, UnicodeString deviceName) =>
        CreateLink(symbolicLinkName.ToText(), deviceName.ToText());

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.41")]
    internal async GuestTask<NtStatus> IoDeleteSymbolicLink(UnicodeString symbolicLinkName)
    {
        var found = _kernel.Ob.Lookup(symbolicLinkName.ToText(), followFinalLink: false);
        if (found.Object.IsNull || found.Remaining.Length > 0)
            return found.Object.IsNull ? found.Status : NtStatus.ObjectPathNotFound;
        if (_kernel.Ob.KindOf(found.Object) != ObjectKind.SymbolicLink)
            return NtStatus.ObjectTypeMismatch;
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.SymbolicLink, false, found.Object, VirtualAddress.Null, VirtualAddress.Null));
        await _kernel.Ob.MakeTemporary(found.Object);
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> CreateLink(string name, string target)
    {
        var status = _kernel.Ob.CreateSymbolicLink(name, target, out var link);
        if (status.IsSuccess)
            _kernel.Record(new RegistrationRecord(RegistrationKind.SymbolicLink, true, link, VirtualAddress.Null, VirtualAddress.Null));

        // A permanent link lives by its name; one that could not be entered goes (Doc: ZwMakePermanentObject).
        await _kernel.Ob.Dereference(link, ReferenceCause.KeepAlive);
        return status;
    }
}
