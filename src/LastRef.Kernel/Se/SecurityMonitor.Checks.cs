using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Who asks, and whether it may.</summary>
/// <remarks>
/// The lab's processes have every privilege, as those of LocalSystem, unless one was taken from them; descriptors of objects are
/// not evaluated.
/// </remarks>
internal sealed partial class SecurityMonitor
{
    /// <summary>SE_LOAD_DRIVER_PRIVILEGE (wdm.h).</summary>
    public const ulong LoadDriverPrivilege = 10;

    private readonly Dictionary<VirtualAddress, VirtualAddress> _tokens = [];
    private readonly HashSet<(VirtualAddress Process, ulong Privilege)> _removed = [];

    /// <summary>Takes a privilege from a process, as an account without it would be.</summary>
    public void RemovePrivilege(VirtualAddress process, ulong privilege) => _removed.Add((process, privilege));

    public bool HasPrivilege(VirtualAddress process, ulong privilege) => !_removed.Contains((process, privilege));

    /// <summary>The primary token of a process, made when it is first asked for.</summary>
    private VirtualAddress TokenOf(VirtualAddress process)
    {
        if (_tokens.TryGetValue(process, out var known))
            return known;
        var address = _kernel.Ob.Create(ObjectKind.Token, (ulong)Token.SizeOf(Memory.Layout), PoolTags.Of("Toke"), ReferenceCause.KeepAlive);
        new Token(Memory, address).SetTokenType(Memory, PrimaryToken);
        new EProcess(Memory, process).SetToken(Memory, address.Value);
        _tokens.Add(process, address);
        return address;
    }

    private const int PrimaryToken = 1;

    /// <summary>Always held by kernel mode (Doc), by user mode as its process has it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeSinglePrivilegeCheck, WDK reference")]
    internal NtBoolean SeSinglePrivilegeCheck(ulong privilegeValue, sbyte previousMode) =>
        previousMode == 0 || HasPrivilege(_kernel.Ps.CurrentProcess, privilegeValue);

    /// <summary>PRIVILEGE_SET: PrivilegeCount 0, Control 4 (1: all are needed), then LUID and attributes of 12 bytes each; those held are marked used.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SePrivilegeCheck, WDK reference; PRIVILEGE_SET")]
    internal NtBoolean SePrivilegeCheck(VirtualAddress requiredPrivileges, VirtualAddress subjectSecurityContext, sbyte accessMode)
    {
        const uint allNecessary = 1, usedForAccess = 0x8000_0000;
        if (accessMode == 0)
            return true;
        var count = Memory.ReadUInt32(requiredPrivileges);
        var held = 0u;
        for (var i = 0u; i < count; i++)
        {
            var entry = requiredPrivileges + 8 + (i * 12);
            if (!HasPrivilege(_kernel.Ps.CurrentProcess, Memory.ReadUInt64(entry)))
                continue;
            held++;
            Memory.WriteUInt32(entry + 8, Memory.ReadUInt32(entry + 8) | usedForAccess);
        }

        return (Memory.ReadUInt32(requiredPrivileges + 4) & allNecessary) != 0 ? held == count : held > 0;
    }

    /// <summary>Grants kernel mode what it asks for (Doc: SeAccessCheck).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeAccessCheck, WDK reference", Missing = "checks for user mode")]
    internal NtBoolean SeAccessCheck(
        SecurityDescriptor? securityDescriptor, SecuritySubjectContext subjectSecurityContext, NtBoolean subjectContextLocked, uint desiredAccess,
        uint previouslyGrantedAccess, VirtualAddress privileges, VirtualAddress genericMapping, sbyte accessMode, Out<uint> grantedAccess,
        Out<NtStatus> accessStatus)
    {
        const uint maximumAllowed = 0x0200_0000;
        if (accessMode != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "SeAccessCheck for a caller in user mode");
        var granted = (desiredAccess & maximumAllowed) != 0
            ? Memory.ReadUInt32(genericMapping + 0xC) | (desiredAccess & ~maximumAllowed)
            : desiredAccess;
        grantedAccess.Set(Memory, granted | previouslyGrantedAccess);
        accessStatus.Set(Memory, NtStatus.Success);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeCaptureSubjectContext, WDK reference")]
    internal void SeCaptureSubjectContext(SecuritySubjectContext subjectContext)
    {
        var process = _kernel.Ps.CurrentProcess;
        var token = TokenOf(process);
        _kernel.Ob.Reference(token, ReferenceCause.ExplicitReference);
        subjectContext.SetClientToken(Memory, VirtualAddress.Null);
        subjectContext.SetImpersonationLevel(Memory, 0);
        subjectContext.SetPrimaryToken(Memory, token);
        subjectContext.SetProcessAuditId(Memory, new VirtualAddress(new EProcess(Memory, process).UniqueProcessId.Value));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeLockSubjectContext, WDK reference",
        NoEffect = "tokens of the lab do not change, so nothing is kept from changing")]
    internal void SeLockSubjectContext(SecuritySubjectContext subjectContext)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeUnlockSubjectContext, WDK reference",
        NoEffect = "tokens of the lab do not change, so nothing is kept from changing")]
    internal void SeUnlockSubjectContext(SecuritySubjectContext subjectContext)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeReleaseSubjectContext, WDK reference")]
    internal async GuestTask SeReleaseSubjectContext(SecuritySubjectContext subjectContext)
    {
        if (subjectContext.PrimaryToken is { IsNull: false } token)
            await _kernel.Ob.Dereference(token, ReferenceCause.ExplicitReference);
        subjectContext.SetPrimaryToken(Memory, VirtualAddress.Null);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsReferencePrimaryToken, WDK reference")]
    internal VirtualAddress PsReferencePrimaryToken(EProcess process)
    {
        var token = TokenOf(process.Address);
        _kernel.Ob.Reference(token, ReferenceCause.ExplicitReference);
        return token;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsDereferencePrimaryToken, WDK reference")]
    internal GuestTask PsDereferencePrimaryToken(VirtualAddress primaryToken) =>
        _kernel.Ob.Dereference(primaryToken, ReferenceCause.ExplicitReference);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeTokenType, WDK reference")]
    internal int SeTokenType(Token token) => token.TokenType;

    /// <summary>Holds the token of a client's process, to act for the client later; threads of the lab impersonate nobody.</summary>
    /// <remarks>
    /// SECURITY_CLIENT_CONTEXT: the quality of service in its first Ch bytes, ClientToken 10h, DirectlyAccessClientToken 18h,
    /// DirectAccessEffectiveOnly 19h, ServerIsRemote 1Ah. SeDeleteClientSecurity is a macro over PsDereferencePrimaryToken.
    /// </remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeCreateClientSecurity, ntifs.h", Missing = "acting for the client: SeImpersonateClientEx")]
    internal NtStatus SeCreateClientSecurity(
        EThread clientThread, VirtualAddress clientSecurityQos, NtBoolean serverIsRemote, VirtualAddress clientContext)
    {
        const int contextBytes = 0x48;
        Span<byte> quality = stackalloc byte[0xC];
        Memory.Read(clientSecurityQos, quality);
        var process = clientThread.Tcb.Process?.Address ?? throw new TargetReadException(clientThread.Address, ReadFailure.NotMapped);
        var token = TokenOf(process);
        _kernel.Ob.Reference(token, ReferenceCause.ExplicitReference);
        Memory.Clear(clientContext, contextBytes);
        Memory.Write(clientContext, quality);
        Memory.WritePointer(clientContext + 0x10, token);
        Memory.WriteByte(clientContext + 0x18, 1);
        Memory.WriteByte(clientContext + 0x19, quality[9]);
        Memory.WriteByte(clientContext + 0x1A, serverIsRemote ? (byte)1 : (byte)0);
        return NtStatus.Success;
    }

    /// <summary>Checks handle and descriptor.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetSecurityObject, WDK reference",
        Missing = "the descriptor is checked and not kept, as the lab opens objects without looking at it")]
    [KernelExport("ntoskrnl.exe", Name = "NtSetSecurityObject", MaxIrql = Irql.Passive, Doc = "NtSetSecurityObject, WDK reference",
        Missing = "the descriptor is checked and not kept, as the lab opens objects without looking at it")]
    internal NtStatus ZwSetSecurityObject(HandleValue handle, uint securityInformation, SecurityDescriptor securityDescriptor)
    {
        var (status, _) = _kernel.Ob.Resolve(handle, kind: null);
        if (!status.IsSuccess)
            return status;
        return RtlValidSecurityDescriptor(securityDescriptor) ? NtStatus.Success : NtStatus.InvalidSecurityDescr;
    }

    /// <summary>No object of the lab has a descriptor, which Windows shows as a null pointer.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObGetObjectSecurity, WDK reference")]
    internal NtStatus ObGetObjectSecurity(VirtualAddress @object, Out<VirtualAddress> securityDescriptor, Out<NtBoolean> memoryAllocated)
    {
        securityDescriptor.Set(Memory, VirtualAddress.Null);
        memoryAllocated.Set(Memory, false);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ObReleaseObjectSecurity, WDK reference")]
    internal void ObReleaseObjectSecurity(VirtualAddress securityDescriptor, NtBoolean memoryAllocated)
    {
        if (!securityDescriptor.IsNull && memoryAllocated)
            _kernel.Ex.ExFreePool(securityDescriptor);
    }
}
