using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Handle tables looked through by drivers, attributes of handles, objects that drivers make.</summary>
public sealed class HandleTableTests
{
    [Theory]
    [InlineData(NtBuild.Windows7Sp1, 0)]
    [InlineData(NtBuild.Windows10_2004, 1)]
    public void Every_handle_is_shown_locked_until_the_routine_has_seen_enough(NtBuild build, int first)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = build });
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var handles = Enumerable.Range(0, 3).Select(_ => test.Kernel.Ob.CreateHandle(process, process, 1, kernelHandle: false).Value).ToArray();
        var table = new EProcess(test.Memory, process).ObjectTable!.Value.Address.Value;
        var seen = new List<ulong>();
        var routine = test.Routine(arguments =>
        {
            var entry = new VirtualAddress(arguments[first]);
            Assert.Equal(0UL, test.Memory.ReadUInt64(entry) & 1);
            Assert.Equal(0x77UL, arguments[first + 2]);
            seen.Add(arguments[first + 1]);
            if (first == 1)
                test.Memory.WriteUInt64(entry, test.Memory.ReadUInt64(entry) + 1);
            return GuestTask.FromResult(seen.Count == 2 ? 1UL : 0);
        });
        var found = test.Allocate(8);
        Assert.True(test.Boolean("ExEnumHandleTable", table, routine.Value, 0x77, found.Value));
        Assert.Equal(handles[..2], seen);
        Assert.Equal(handles[1], test.Value(found));
        test.CallNow("ExfUnblockPushLock", test.Allocate(8).Value, 0);
        seen.Clear();
        seen.AddRange([0, 0]);
        Assert.False(test.Boolean("ExEnumHandleTable", table, routine.Value, 0x77, 0));
        Assert.Equal(5, seen.Count);
        Assert.NotNull(test.Kernel.Ob.FindHandle(process, new HandleValue(handles[2])));
    }

    [Fact]
    public void A_protected_handle_is_not_closed_until_it_is_unprotected()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateEvent", handle.Value, 0x1F_0003, 0, 0, 0));
        var flags = test.Allocate(2);
        test.Memory.WriteByte(flags + 1, 1);
        Assert.Equal(NtStatus.Success, test.Status("ObSetHandleAttributes", test.Value(handle), flags.Value, 0));
        Assert.Equal(NtStatus.HandleNotClosable, test.Status("ZwClose", test.Value(handle)));
        test.Memory.WriteByte(flags + 1, 0);
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status("ZwSetInformationObject", test.Value(handle), 4, flags.Value, 8));
        Assert.Equal(NtStatus.Success, test.Status("ZwSetInformationObject", test.Value(handle), 4, flags.Value, 2));
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Value(handle)));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ObSetHandleAttributes", test.Value(handle), flags.Value, 0));
    }

    [Fact]
    public void An_object_that_a_driver_makes_lives_as_long_as_its_handle()
    {
        using var test = KernelTest.Boot();
        var (result, handle) = (test.Allocate(8), test.Allocate(8));
        var type = test.Memory.ReadPointer(test.Export("ExEventObjectType")).Value;
        Assert.Equal(NtStatus.Success, test.Status("ObCreateObject", 0, type, test.Attributes(@"\BaseNamedObjects\Made"), 0, 0, 0x18, 0, 0, result.Value));
        var body = test.Memory.ReadPointer(result);
        Assert.True(test.Kernel.Ob.Lookup(@"\BaseNamedObjects\Made").Object.IsNull);
        Assert.Equal(NtStatus.Success, test.Status("ObInsertObject", body.Value, 0, 0x1F_0003, 0, 0, handle.Value));
        Assert.Equal(body, test.Kernel.Ob.Lookup(@"\BaseNamedObjects\Made").Object);
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Value(handle)));
        Assert.Null(test.Kernel.Ob.KindOfLive(body));
        Assert.Equal(NtStatus.Success, test.Status("ObCreateObject", 0, type, test.Attributes(@"\BaseNamedObjects\Io"), 0, 0, 0x18, 0, 0, result.Value));
        test.CallNow("IoCreateNotificationEvent", test.Text(@"\BaseNamedObjects\Io"), handle.Value);
        Assert.Equal(NtStatus.ObjectNameCollision, test.Status("ObInsertObject", test.Value(result), 0, 0x1F_0003, 0, 0, handle.Value));
        Assert.Null(test.Kernel.Ob.KindOfLive(test.Memory.ReadPointer(result)));
    }
}
