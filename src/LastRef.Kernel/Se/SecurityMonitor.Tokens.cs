using System.Buffers.Binary;
using System.Globalization;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Tokens by handle, and what they say: every process of the lab runs as LocalSystem.</summary>
/// <remarks>Doc: "Well-known SIDs": S-1-5-18; "Access Tokens", Win32; TOKEN_INFORMATION_CLASS, winnt.h.</remarks>
internal sealed partial class SecurityMonitor
{
    private const int LocalSystem = 18;
    private const ulong SystemLogon = 0x3E7;

    /// <summary>The primary token of a process.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenProcessTokenEx, ntifs.h")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenProcessTokenEx", MaxIrql = Irql.Passive, Doc = "NtOpenProcessTokenEx, ntifs.h")]
    internal async GuestTask<NtStatus> ZwOpenProcessTokenEx(HandleValue processHandle, uint desiredAccess, uint handleAttributes, Out<HandleValue> tokenHandle)
    {
        var (status, process) = _kernel.Ob.Resolve(processHandle, ObjectKind.Process);
        if (status.IsSuccess)
            tokenHandle.Set(Memory, await _kernel.Ob.OpenForCaller(TokenOf(process), desiredAccess, handleAttributes));
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenProcessToken, ntifs.h")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenProcessToken", MaxIrql = Irql.Passive, Doc = "NtOpenProcessToken, ntifs.h")]
    internal GuestTask<NtStatus> ZwOpenProcessToken(HandleValue processHandle, uint desiredAccess, Out<HandleValue> tokenHandle) =>
        ZwOpenProcessTokenEx(processHandle, desiredAccess, 0, tokenHandle);

    /// <returns>STATUS_NO_TOKEN: no thread of the lab impersonates.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenThreadTokenEx, ntifs.h")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenThreadTokenEx", MaxIrql = Irql.Passive, Doc = "NtOpenThreadTokenEx, ntifs.h")]
    internal NtStatus ZwOpenThreadTokenEx(
        HandleValue threadHandle, uint desiredAccess, NtBoolean openAsSelf, uint handleAttributes, Out<HandleValue> tokenHandle)
    {
        var (status, _) = _kernel.Ob.Resolve(threadHandle, ObjectKind.Thread);
        return status.IsSuccess ? NtStatus.NoToken : status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryInformationToken, ntifs.h",
        Missing = "classes other than user, type, statistics, session, elevation")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryInformationToken", MaxIrql = Irql.Passive, Doc = "NtQueryInformationToken, ntifs.h",
        Missing = "classes other than user, type, statistics, session, elevation")]
    internal NtStatus ZwQueryInformationToken(
        HandleValue tokenHandle, int tokenInformationClass, VirtualAddress tokenInformation, uint tokenInformationLength, Out<uint> returnLength)
    {
        var (status, body) = _kernel.Ob.Resolve(tokenHandle, ObjectKind.Token);
        if (!status.IsSuccess)
            return status;
        var data = TokenInformation(new Token(Memory, body), tokenInformationClass, tokenInformation, "ZwQueryInformationToken");
        returnLength.SetIfGiven(Memory, (uint)data.Length);
        if (tokenInformationLength < data.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(tokenInformation, data);
        return NtStatus.Success;
    }

    /// <summary>The same in pool that the caller frees; a number small enough comes in the pointer itself.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeQueryInformationToken, ntifs.h",
        Missing = "classes other than user, type, statistics, session, elevation")]
    internal NtStatus SeQueryInformationToken(Token token, int tokenInformationClass, Out<VirtualAddress> tokenInformation)
    {
        const int session = 12;
        if (tokenInformationClass == session)
        {
            // Doc: for TokenSessionId the value is returned in place of a pointer; only its four bytes are written.
            Memory.WriteUInt32(tokenInformation.Address, 0);
            return NtStatus.Success;
        }

        var bytes = TokenInformation(token, tokenInformationClass, VirtualAddress.Null, "SeQueryInformationToken").Length;
        var buffer = _kernel.Ex.PagedPool.Allocate((ulong)bytes, PoolTags.Of("SeTi"), null);
        Memory.Write(buffer, TokenInformation(token, tokenInformationClass, buffer, "SeQueryInformationToken"));
        tokenInformation.Set(Memory, buffer);
        return NtStatus.Success;
    }

    /// <summary>LocalSystem is one of the administrators.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeTokenIsAdmin, ntifs.h")]
    internal NtBoolean SeTokenIsAdmin(Token token) => true;

    /// <summary>The LUID of the logon session: SYSTEM_LUID.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "SeQueryAuthenticationIdToken, ntifs.h")]
    internal NtStatus SeQueryAuthenticationIdToken(Token token, VirtualAddress authenticationId)
    {
        Memory.WriteUInt64(authenticationId, SystemLogon);
        return NtStatus.Success;
    }

    /// <summary>S-R-I-S…, the authority in decimal while it fits four bytes.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlConvertSidToUnicodeString, ntifs.h")]
    internal NtStatus RtlConvertSidToUnicodeString(UnicodeString unicodeString, Sid sid, NtBoolean allocateDestinationString)
    {
        if (!RtlValidSid(sid))
            return NtStatus.InvalidSid;
        Span<byte> authority = stackalloc byte[8];
        Memory.Read(sid.Address + 2, authority[2..]);
        var identifier = BinaryPrimitives.ReadUInt64BigEndian(authority);
        var text = identifier > uint.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"S-{sid.Revision}-0x{identifier:X12}")
            : string.Create(CultureInfo.InvariantCulture, $"S-{sid.Revision}-{identifier}");
        for (var i = 0u; i < sid.SubAuthorityCount; i++)
            text += string.Create(CultureInfo.InvariantCulture, $"-{Memory.ReadUInt32(RtlSubAuthoritySid(sid.Address, i))}");
        return _kernel.Rtl.GiveText(unicodeString, text, allocateDestinationString);
    }

    private byte[] TokenInformation(Token token, int informationClass, VirtualAddress address, string routine)
    {
        const int user = 1, type = 8, statistics = 10, session = 12, elevation = 20;
        switch (informationClass)
        {
            case user:
                // SID_AND_ATTRIBUTES: Sid 0, Attributes 8; the identifier follows.
                var data = new byte[0x10 + 12];
                BinaryPrimitives.WriteUInt64LittleEndian(data, (address + 0x10).Value);
                (data[0x10], data[0x11], data[0x17], data[0x18]) = (SidRevision, 1, NtAuthority, LocalSystem);
                return data;
            case type:
                return BitConverter.GetBytes(token.TokenType);
            case statistics:
                // TOKEN_STATISTICS: TokenId 0, AuthenticationId 8, ExpirationTime 10h, TokenType 18h, ImpersonationLevel 1Ch.
                var figures = new byte[0x38];
                BinaryPrimitives.WriteUInt64LittleEndian(figures, SystemLogon);
                BinaryPrimitives.WriteUInt64LittleEndian(figures.AsSpan(8), SystemLogon);
                BinaryPrimitives.WriteInt64LittleEndian(figures.AsSpan(0x10), long.MaxValue);
                BinaryPrimitives.WriteInt32LittleEndian(figures.AsSpan(0x18), token.TokenType);
                return figures;
            case session:
                return new byte[4];
            case elevation:
                return [1, 0, 0, 0];
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"{routine} with class {informationClass}");
        }
    }
}
