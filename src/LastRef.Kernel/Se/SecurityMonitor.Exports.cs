using System.Buffers.Binary;

namespace LastRef.Kernel;

/// <summary>SeExports: the well-known privileges and identifiers, where drivers look them up.</summary>
/// <remarks>Doc: SE_EXPORTS, ntifs.h; "Well-known SIDs" and "Privilege Constants", Win32.</remarks>
internal sealed partial class SecurityMonitor
{
    private const int NtAuthority = 5;
    private const int BuiltinDomain = 32;

    /// <summary>Privileges from offset 0 on, in the order of the structure.</summary>
    private static readonly uint[] _firstPrivileges = [2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 14, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23, 24];

    /// <summary>Identifiers that follow them: authority, then sub-authorities.</summary>
    private static readonly (int Authority, uint[] Parts)[] _firstSids =
    [
        (0, [0]), (1, [0]), (2, [0]), (3, [0]), (3, [1]), (NtAuthority, []), (NtAuthority, [1]), (NtAuthority, [2]), (NtAuthority, [3]),
        (NtAuthority, [4]), (NtAuthority, [18]), (NtAuthority, [BuiltinDomain, 544]), (NtAuthority, [BuiltinDomain, 545]),
        (NtAuthority, [BuiltinDomain, 546]), (NtAuthority, [BuiltinDomain, 547]), (NtAuthority, [BuiltinDomain, 548]),
        (NtAuthority, [BuiltinDomain, 549]), (NtAuthority, [BuiltinDomain, 550]), (NtAuthority, [BuiltinDomain, 551]), (NtAuthority, [11]),
        (NtAuthority, [12]), (NtAuthority, [7]),
    ];

    private static readonly uint[] _secondPrivileges = [25, 26, 27];
    private static readonly (int Authority, uint[] Parts)[] _secondSids = [(NtAuthority, [19]), (NtAuthority, [20])];
    private static readonly uint[] _thirdPrivileges = [28, 29, 30, 31, 32, 33, 34, 35];

    /// <summary>IUSR, the mandatory levels from untrusted to system, owner rights, all application packages.</summary>
    private static readonly (int Authority, uint[] Parts)[] _thirdSids =
    [
        (NtAuthority, [17]), (16, [0]), (16, [0x1000]), (16, [0x2000]), (16, [0x3000]), (16, [0x4000]), (3, [4]), (15, [2, 1]),
    ];

    private void BootExports()
    {
        var bytes = 8 * (_firstPrivileges.Length + _firstSids.Length + _secondPrivileges.Length + _secondSids.Length + _thirdPrivileges.Length + _thirdSids.Length);
        var exports = _kernel.Images.ReserveVariable(bytes);
        Memory.WritePointer(_kernel.Images.DefineVariable("SeExports", 8), exports);
        var at = exports;
        WritePrivileges(ref at, _firstPrivileges);
        WriteSids(ref at, _firstSids);
        WritePrivileges(ref at, _secondPrivileges);
        WriteSids(ref at, _secondSids);
        WritePrivileges(ref at, _thirdPrivileges);
        WriteSids(ref at, _thirdSids);
    }

    private void WritePrivileges(ref VirtualAddress at, uint[] privileges)
    {
        foreach (var privilege in privileges)
        {
            Memory.WriteUInt64(at, privilege);
            at += 8;
        }
    }

    private void WriteSids(ref VirtualAddress at, (int Authority, uint[] Parts)[] sids)
    {
        foreach (var (authority, parts) in sids)
        {
            var sid = new byte[8 + (4 * parts.Length)];
            sid[0] = SidRevision;
            sid[1] = (byte)parts.Length;
            sid[7] = (byte)authority;
            for (var i = 0; i < parts.Length; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(sid.AsSpan(8 + (4 * i)), parts[i]);
            var address = _kernel.Ex.NonPagedPool.Allocate((ulong)sid.Length, PoolTags.Of("SeSi"), null);
            Memory.Write(address, sid);
            Memory.WritePointer(at, address);
            at += 8;
        }
    }
}
