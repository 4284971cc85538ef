using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Registry callbacks before and after the operations of drivers (U-6.32).</summary>
public sealed class RegistryCallbackTests
{
    private const uint AllAccess = 0xF_003F;
    private const string Services = @"\Registry\Machine\System\CurrentControlSet\Services";
    private const uint PreDelete = 0, PreSetValue = 1, PreQueryValue = 8, PreClose = 14, PostSetValue = 16, PostQueryValue = 23, PostClose = 25,
        PreCreate = 26, PostCreate = 27, PreOpen = 28, PostOpen = 29, ContextCleanup = 40;

    [Fact]
    [Trait("Spec", "U-6.32")]
    public void Every_operation_is_told_before_and_after_with_what_it_works_on()
    {
        using var test = KernelTest.Boot();
        var seen = new List<(uint Class, string What)>();
        Register(test, (notifyClass, info) =>
        {
            seen.Add((notifyClass, notifyClass switch
            {
                PreCreate or PreOpen => test.Read(test.Value(info)) + " | " + test.Read(test.Value(info + 0x70)),
                PreSetValue or PreQueryValue => test.Read(test.Value(info + 8)),
                _ => "",
            }));
            return NtStatus.Success;
        });
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes(Services + @"\Seen"), 0, 0, 0, 0));
        Assert.Equal(NtStatus.Success, test.Status("ZwSetValueKey", test.Value(handle), test.Text("Number"), 0, 4, test.Time(7), 4));
        Assert.Equal(
            NtStatus.Success, test.Status("ZwQueryValueKey", test.Value(handle), test.Text("Number"), 2, test.Allocate(0x20).Value, 0x20, test.Allocate(4).Value));
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Value(handle)));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("ZwOpenKey", handle.Value, AllAccess, test.Attributes(Services + @"\None")));
        const string below = @"Machine\System\CurrentControlSet\Services";
        Assert.Equal(
            [
                (PreCreate, Services + @"\Seen | " + below + @"\Seen"), (PostCreate, ""), (PreSetValue, "Number"), (PostSetValue, ""),
                (PreQueryValue, "Number"), (PostQueryValue, ""), (PreClose, ""), (PostClose, ""),
                (PreOpen, Services + @"\None | " + below + @"\None"), (PostOpen, ""),
            ],
            seen);
    }

    [Fact]
    public void A_callback_blocks_an_operation_or_does_it_itself()
    {
        using var test = KernelTest.Boot();
        var answer = NtStatus.AccessDenied;
        var after = 0;
        Register(test, (notifyClass, _) =>
        {
            after += notifyClass == PostSetValue ? 1 : 0;
            return notifyClass == PreSetValue ? answer : NtStatus.Success;
        });
        var key = Create(test, Services + @"\Kept");
        Assert.Equal(NtStatus.AccessDenied, test.Status("ZwSetValueKey", key, test.Text("V"), 0, 4, test.Time(7), 4));
        answer = NtStatus.CallbackBypass;
        Assert.Equal(NtStatus.Success, test.Status("ZwSetValueKey", key, test.Text("V"), 0, 4, test.Time(7), 4));
        Assert.Empty(test.Kernel.Cm.FindKey(Services + @"\Kept")!.Values);
        Assert.Equal(0, after);
        answer = NtStatus.Success;
        Assert.Equal(NtStatus.Success, test.Status("ZwSetValueKey", key, test.Text("V"), 0, 4, test.Time(7), 4));
        Assert.Single(test.Kernel.Cm.FindKey(Services + @"\Kept")!.Values);
        Assert.Equal(1, after);
    }

    [Fact]
    public void A_callback_changes_the_status_afterwards_and_keeps_its_own_context_of_the_call()
    {
        using var test = KernelTest.Boot();
        var contexts = new List<(uint Class, ulong Context, NtStatus Status)>();
        Register(test, (notifyClass, info) =>
        {
            if (notifyClass == PreDelete)
                test.Memory.WriteUInt64(info + 8, 0xC0FFEE); // CallContext
            if (notifyClass != 15)
                return NtStatus.Success;
            contexts.Add((notifyClass, test.Value(info + 0x20), new NtStatus((int)test.Memory.ReadUInt32(info + 8))));
            test.Memory.WriteUInt32(info + 0x18, NtStatus.AccessDenied.Code);
            return NtStatus.CallbackBypass;
        });
        var key = Create(test, Services + @"\Gone");
        Assert.Equal(NtStatus.AccessDenied, test.Status("ZwDeleteKey", key));
        Assert.Equal([(15u, 0xC0FFEEUL, NtStatus.Success)], contexts);
        Assert.Null(test.Kernel.Cm.FindKey(Services + @"\Gone")); // it was deleted all the same
    }

    [Fact]
    public void The_highest_altitude_is_first_before_and_last_after()
    {
        using var test = KernelTest.Boot();
        var order = new List<string>();
        foreach (var altitude in new[] { "100", "300.5", "200" })
        {
            Register(test, (notifyClass, _) =>
            {
                order.Add((notifyClass is PreOpen ? "before " : "after ") + altitude);
                return NtStatus.Success;
            }, altitude);
        }

        test.Status("ZwOpenKey", test.Allocate(8).Value, AllAccess, test.Attributes(Services + @"\None"));
        Assert.Equal(["before 300.5", "before 200", "before 100", "after 100", "after 200", "after 300.5"], order);
    }

    [Fact]
    public void A_key_object_has_an_identifier_a_name_and_a_context_until_it_goes()
    {
        using var test = KernelTest.Boot();
        var cleaned = new List<ulong>();
        var cookie = Register(test, (notifyClass, info) =>
        {
            if (notifyClass == ContextCleanup)
                cleaned.Add(test.Value(info + 8));
            return NtStatus.Success;
        });
        var (first, second) = (Create(test, Services + @"\Same"), Create(test, Services + @"\Same"));
        var (id, other, name, old) = (test.Allocate(8), test.Allocate(8), test.Allocate(8), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("CmCallbackGetKeyObjectIDEx", cookie, Body(test, first), id.Value, name.Value, 0));
        Assert.Equal(NtStatus.Success, test.Status("CmCallbackGetKeyObjectID", cookie, Body(test, second), other.Value, 0));
        Assert.Equal(test.Value(id), test.Value(other));
        Assert.Equal((Services + @"\Same").ToUpperInvariant(), test.Read(test.Value(name)).ToUpperInvariant());
        test.CallNow("CmCallbackReleaseKeyObjectIDEx", test.Value(name));
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(new VirtualAddress(test.Value(name))));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("CmCallbackGetKeyObjectIDEx", cookie, Body(test, first), 0, 0, 0));

        Assert.Equal(NtStatus.Success, test.Status("CmSetCallbackObjectContext", Body(test, first), cookie, 0x11, old.Value));
        Assert.Equal(NtStatus.Success, test.Status("CmSetCallbackObjectContext", Body(test, first), cookie, 0x22, old.Value));
        Assert.Equal(0x11UL, test.Value(old));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("CmSetCallbackObjectContext", Body(test, first), test.Time(1), 0x22, 0));
        test.CallNow("ZwClose", second);
        test.RunUntilIdle();
        Assert.Empty(cleaned);
        test.CallNow("ZwClose", first);
        test.RunUntilIdle();
        Assert.Equal([0x22UL], cleaned);
    }

    [Fact]
    public void What_is_not_known_about_nested_operations_stops_the_run()
    {
        using var test = KernelTest.Boot();
        var routine = test.Routine(async _ => await test.Call("ZwOpenKey", test.Allocate(8).Value, AllAccess, test.Attributes(Services)));
        Assert.Equal(NtStatus.Success, test.Status("CmRegisterCallback", routine.Value, 0, test.Allocate(8).Value));
        var stop = test.RunToStop(async _ => await test.Call("ZwOpenKey", test.Allocate(8).Value, AllAccess, test.Attributes(Services)));
        Assert.IsType<MachineStop.Unsupported>(stop);
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void A_callback_left_behind_is_called_in_memory_that_is_gone()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "forgets");
        Assert.Equal(
            NtStatus.Success, test.Status("CmRegisterCallback", driver.Code(_ => GuestTask.FromResult(0UL)).Value, 0, test.Allocate(8).Value));
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.False(driver.IsImageLoaded);
        var stop = test.RunToBugCheck(async _ => await test.Call("ZwOpenKey", test.Allocate(8).Value, AllAccess, test.Attributes(Services)));
        Assert.Equal(0xCEu, stop.Code); // DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS
    }

    private static ulong Register(KernelTest test, Func<uint, VirtualAddress, NtStatus> callback, string altitude = "360000")
    {
        var routine = test.Routine(arguments => GuestTask.FromResult((ulong)callback((uint)arguments[1], new VirtualAddress(arguments[2])).Code));
        var cookie = test.Allocate(8).Value;
        Assert.Equal(NtStatus.Success, test.Status("CmRegisterCallbackEx", routine.Value, test.Text(altitude), 0, 0, cookie, 0));
        return cookie;
    }

    private static ulong Create(KernelTest test, string path)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes(path), 0, 0, 0, 0));
        return test.Value(handle);
    }

    private static ulong Body(KernelTest test, ulong handle) =>
        test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(handle))!.Value.Body.Value;
}
