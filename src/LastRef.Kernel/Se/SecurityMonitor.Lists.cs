using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Security identifiers and access control lists in memory.</summary>
internal sealed partial class SecurityMonitor
{
    private const byte SidRevision = 1;
    private const int MaximumSubAuthorities = 15;
    private const int AclHeaderBytes = 8;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlLengthSid, WDK reference")]
    internal uint RtlLengthSid(Sid sid) => RtlLengthRequiredSid(sid.SubAuthorityCount);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlLengthRequiredSid, WDK reference")]
    internal uint RtlLengthRequiredSid(uint subAuthorityCount) => 8 + (4 * subAuthorityCount);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlValidSid, WDK reference")]
    internal NtBoolean RtlValidSid(Sid sid) => sid.Revision == SidRevision && sid.SubAuthorityCount <= MaximumSubAuthorities;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlInitializeSid, WDK reference")]
    internal NtStatus RtlInitializeSid(Sid sid, VirtualAddress identifierAuthority, byte subAuthorityCount)
    {
        if (subAuthorityCount > MaximumSubAuthorities)
            return NtStatus.InvalidParameter;
        sid.SetRevision(Memory, SidRevision);
        sid.SetSubAuthorityCount(Memory, subAuthorityCount);
        Span<byte> authority = stackalloc byte[6];
        Memory.Read(identifierAuthority, authority);
        Memory.Write(sid.Address + 2, authority);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlSubAuthoritySid, WDK reference")]
    internal VirtualAddress RtlSubAuthoritySid(VirtualAddress sid, uint subAuthority) => sid + 8 + (4 * subAuthority);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlSubAuthorityCountSid, WDK reference")]
    internal VirtualAddress RtlSubAuthorityCountSid(VirtualAddress sid) => sid + 1;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlEqualSid, WDK reference")]
    internal NtBoolean RtlEqualSid(Sid sid1, Sid sid2)
    {
        var first = new byte[SidBytes(sid1.Address)];
        var second = new byte[SidBytes(sid2.Address)];
        Memory.Read(sid1.Address, first);
        Memory.Read(sid2.Address, second);
        return first.AsSpan().SequenceEqual(second);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "RtlCopySid, WDK reference")]
    internal NtStatus RtlCopySid(uint destinationSidLength, VirtualAddress destinationSid, Sid sourceSid)
    {
        var bytes = new byte[SidBytes(sourceSid.Address)];
        if (destinationSidLength < bytes.Length)
            return NtStatus.BufferTooSmall;
        Memory.Read(sourceSid.Address, bytes);
        Memory.Write(destinationSid, bytes);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlCreateAcl, WDK reference")]
    internal NtStatus RtlCreateAcl(Acl acl, uint aclLength, uint aclRevision)
    {
        if (aclLength < AclHeaderBytes)
            return NtStatus.BufferTooSmall;
        if (aclRevision is < 2 or > 4 || aclLength > ushort.MaxValue)
            return NtStatus.InvalidParameter;
        Memory.Clear(acl.Address, AclHeaderBytes);
        acl.SetAclRevision(Memory, (byte)aclRevision);
        acl.SetAclSize(Memory, (ushort)(aclLength & ~3u));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlAddAccessAllowedAce, WDK reference")]
    internal NtStatus RtlAddAccessAllowedAce(Acl acl, uint aceRevision, uint accessMask, Sid sid) => AddAllowed(acl, aceRevision, 0, accessMask, sid);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlAddAccessAllowedAceEx, WDK reference")]
    internal NtStatus RtlAddAccessAllowedAceEx(Acl acl, uint aceRevision, uint aceFlags, uint accessMask, Sid sid) =>
        AddAllowed(acl, aceRevision, (byte)aceFlags, accessMask, sid);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGetAce, WDK reference")]
    internal NtStatus RtlGetAce(Acl acl, uint aceIndex, Out<VirtualAddress> ace)
    {
        if (aceIndex >= acl.AceCount || EntryAt(acl, aceIndex) is not { } found)
            return NtStatus.InvalidParameter;
        ace.Set(Memory, found);
        return NtStatus.Success;
    }

    private NtStatus AddAllowed(Acl acl, uint revision, byte flags, uint mask, Sid sid)
    {
        if (!RtlValidSid(sid))
            return NtStatus.InvalidSid;
        if (acl.AclRevision > 4 || revision > 4)
            return NtStatus.RevisionMismatch;
        if (EntryAt(acl, acl.AceCount) is not { } end)
            return NtStatus.InvalidAcl;
        var sidBytes = SidBytes(sid.Address);
        if (end + 8 + sidBytes > acl.Address + acl.AclSize)
            return NtStatus.AllottedSpaceExceeded;
        var bytes = new byte[sidBytes];
        Memory.Read(sid.Address, bytes);
        var ace = new AccessAllowedAce(Memory, end);
        ace.SetAceType(Memory, 0);
        ace.SetAceFlags(Memory, flags);
        ace.SetAceSize(Memory, (ushort)(8 + sidBytes));
        ace.SetMask(Memory, mask);
        Memory.Write(end + 8, bytes);
        acl.SetAceCount(Memory, (ushort)(acl.AceCount + 1));
        acl.SetAclRevision(Memory, (byte)Math.Max(acl.AclRevision, revision));
        return NtStatus.Success;
    }

    /// <summary>The entry with an index, or where the next would go; null when the list does not hold together.</summary>
    private VirtualAddress? EntryAt(Acl acl, uint index)
    {
        var at = acl.Address + AclHeaderBytes;
        var end = acl.Address + acl.AclSize;
        for (uint i = 0; i < index; i++)
        {
            if (at + 4 > end)
                return null;
            var size = Memory.ReadUInt16(at + 2);
            if (size < 4)
                return null;
            at += size;
        }

        return at > end ? null : at;
    }

    private int SidBytes(VirtualAddress sid) => sid.IsNull ? 0 : 8 + (4 * new Sid(Memory, sid).SubAuthorityCount);

    private int AclBytes(VirtualAddress acl) => acl.IsNull ? 0 : new Acl(Memory, acl).AclSize;

    private bool IsValidSidOrNull(VirtualAddress sid) => sid.IsNull || RtlValidSid(new Sid(Memory, sid));

    private bool IsValidAclOrNull(VirtualAddress address)
    {
        if (address.IsNull)
            return true;
        var acl = new Acl(Memory, address);
        return acl.AclRevision is >= 2 and <= 4 && acl.AclSize >= AclHeaderBytes && EntryAt(acl, acl.AceCount) is not null;
    }
}
