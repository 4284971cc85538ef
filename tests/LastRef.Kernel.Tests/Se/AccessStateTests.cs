using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Access states that drivers make, and the sharing of files.</summary>
public sealed class AccessStateTests
{
    private const uint Read = 1, Write = 2, ShareRead = 1, ShareWrite = 2;

    [Fact]
    public void An_access_state_has_the_types_own_rights_and_holds_the_token()
    {
        using var test = KernelTest.Boot();
        var state = new AccessState(test.Memory, test.Allocate(AccessState.SizeOf(test.Memory.Layout)));
        var data = test.Allocate(0x40);
        var mapping = test.CallNow("IoGetFileObjectGenericMapping");
        Assert.Equal(NtStatus.Success, test.Status("SeCreateAccessState", state.Address.Value, data.Value, 0x8000_0000, mapping));
        Assert.Equal((0x12_0089u, 0x12_0089u), (state.OriginalDesiredAccess, state.RemainingDesiredAccess));
        Assert.Equal(0x12_0089u, test.Memory.ReadUInt32(data + 8));
        var token = state.PrimaryToken;
        var held = test.Kernel.Ob.HeaderOf(token).PointerCount;
        test.CallNow("SeDeleteAccessState", state.Address.Value);
        Assert.Equal(held - 1, test.Kernel.Ob.HeaderOf(token).PointerCount);
    }

    [Fact]
    public void Who_opens_a_file_must_share_with_those_before_and_they_with_it()
    {
        using var test = KernelTest.Boot();
        var share = test.Allocate(0x1C);
        var (first, second) = (File(test), File(test));
        test.CallNow("IoSetShareAccess", Read, ShareRead, first, share.Value);
        Assert.Equal(NtStatus.SharingViolation, test.Status("IoCheckShareAccess", Write, ShareRead | ShareWrite, second, share.Value, 1));
        Assert.Equal(NtStatus.SharingViolation, test.Status("IoCheckShareAccess", Read, ShareWrite, second, share.Value, 1));
        Assert.Equal(NtStatus.Success, test.Status("IoCheckShareAccess", Read, ShareRead, second, share.Value, 0));
        Assert.Equal(1u, test.Memory.ReadUInt32(share));
        test.CallNow("IoUpdateShareAccess", second, share.Value);
        Assert.Equal((2u, 2u, 2u), (test.Memory.ReadUInt32(share), test.Memory.ReadUInt32(share + 4), test.Memory.ReadUInt32(share + 0x10)));
        test.CallNow("IoRemoveShareAccess", first, share.Value);
        test.CallNow("IoRemoveShareAccess", second, share.Value);
        Assert.Equal(NtStatus.Success, test.Status("IoCheckShareAccess", Write, 0, second, share.Value, 1));
    }

    private static ulong File(KernelTest test) => test.Allocate(FileObject.SizeOf(test.Memory.Layout)).Value;
}
