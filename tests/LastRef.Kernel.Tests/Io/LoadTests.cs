using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Loading a driver, and its DriverEntry (spec 10.1).</summary>
public sealed class LoadTests
{
    private const int MajorFunctions = 28;

    [Fact]
    [Trait("Spec", "T-01")]
    public void DriverEntry_gets_a_driver_object_that_is_empty_but_for_its_kind()
    {
        using var test = KernelTest.Boot();
        var seen = new List<object?>();
        var (_, status) = TestDriver.TryLoadBare(test, "driver", driver =>
        {
            var extension = driver.Object.DriverExtension!.Value;
            seen.AddRange([(uint)driver.Object.Flags, driver.Object.DeviceObject, extension.AddDevice, extension.Count]);
            Assert.Equal(driver.Object.Address + DriverObject.SizeOf(test.Memory.Layout), extension.Address);
            return GuestTask.FromResult(NtStatus.Success);
        });
        Assert.Equal(NtStatus.Success, status);
        Assert.Equal([2u, null, VirtualAddress.Null, 0u], seen);
    }

    [Fact]
    [Trait("Spec", "T-02")]
    [Trait("Spec", "T-05")]
    public void A_request_that_the_driver_does_not_handle_is_completed_as_invalid()
    {
        using var test = KernelTest.Boot();
        var flags = DriverObjectFlags.None;
        var (driver, _) = TestDriver.TryLoadBare(test, "driver", driver =>
        {
            var first = driver.Object.MajorFunction[0];
            Assert.False(first.IsNull);
            for (var i = 1; i < MajorFunctions; i++)
                Assert.Equal(first, driver.Object.MajorFunction[i]);
            driver.Object.MajorFunction.Set(test.Memory, (int)IrpMajor.Create, test.Routine(async arguments =>
            {
                flags = driver.Object.Flags;
                return (await driver.Complete(new Irp(test.Memory, new VirtualAddress(arguments[1])), NtStatus.Success)).Code;
            }));
            return GuestTask.FromResult(NtStatus.Success);
        });
        driver.CreateDevice("Device");
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        Assert.Equal(0x12u, (uint)flags);
        Assert.Equal(NtStatus.InvalidDeviceRequest, application.Control(handle, 0x22_2000, [], 0).Status);
    }

    [Fact]
    [Trait("Spec", "T-03")]
    [Trait("Spec", "T-04")]
    public void The_registry_path_lies_on_a_page_of_its_own_and_the_service_name_is_terminated()
    {
        using var test = KernelTest.Boot();
        var checkedNames = 0;
        TestDriver.TryLoadBare(test, "driver", driver =>
        {
            var path = driver.RegistryPath;
            Assert.Equal(0UL, path.Address.Value & 0xFFF);
            Assert.Equal(path.Address + UnicodeString.SizeOf(test.Memory.Layout), path.Buffer);
            Assert.Equal(path.Length, path.MaximumLength);
            Assert.Equal(driver.ServiceKey, path.ToText());
            var name = driver.Object.DriverExtension!.Value.ServiceKeyName;
            Assert.Equal(("driver", name.Length + 2), (name.ToText(), name.MaximumLength));
            Assert.Equal(0, test.Memory.ReadUInt16(name.Buffer + name.Length));
            checkedNames++;
            return GuestTask.FromResult(NtStatus.Success);
        });
        Assert.Equal(1, checkedNames);
    }

    [Fact]
    [Trait("Spec", "T-06")]
    [Trait("Spec", "U-2.11")]
    public void Dispatch_entries_that_DriverEntry_cleared_are_filled_again()
    {
        using var test = KernelTest.Boot();
        var own = test.Code(0xC3);
        var before = VirtualAddress.Null;
        var (driver, _) = TestDriver.TryLoadBare(test, "driver", driver =>
        {
            before = driver.Object.MajorFunction[0];
            for (var i = 0; i < MajorFunctions; i++)
                driver.Object.MajorFunction.Set(test.Memory, i, i is 0 or 2 or 14 ? own : VirtualAddress.Null);
            return GuestTask.FromResult(NtStatus.Success);
        });
        for (var i = 0; i < MajorFunctions; i++)
            Assert.Equal(i is 0 or 2 or 14 ? own : before, driver.Object.MajorFunction[i]);
    }

    [Fact]
    [Trait("Spec", "T-07")]
    [Trait("Spec", "T-14")]
    public void DriverEntry_finds_itself_by_name_and_cannot_load_itself()
    {
        using var test = KernelTest.Boot();
        var found = test.Allocate(8);
        var type = test.Kernel.Ob.TypeAddress(ObjectKind.Driver).Value;
        var statuses = new List<NtStatus>();
        TestDriver.TryLoadBare(test, "driver", async driver =>
        {
            var before = test.PointerCount(driver.Object.Address);
            await test.Call("ObReferenceObjectByName", test.Text(@"\Driver\driver"), 0x40, 0, 0, type, 0, 0, found.Value);
            Assert.Equal(driver.Object.Address.Value, test.Value(found));
            Assert.Equal(before + 1, test.PointerCount(driver.Object.Address));
            await test.Call("ObfDereferenceObject", test.Value(found));
            Assert.Equal(before, test.PointerCount(driver.Object.Address));
            statuses.Add(new NtStatus((int)(uint)await test.Call("ZwLoadDriver", test.Text(driver.ServiceKey))));
            statuses.Add(new NtStatus((int)(uint)await test.Call("ZwLoadDriver", test.Text(driver.ServiceKey + "None"))));
            return NtStatus.Success;
        });
        Assert.Equal([NtStatus.ImageAlreadyLoaded, NtStatus.ObjectNameNotFound], statuses);
    }

    [Fact]
    [Trait("Spec", "T-15")]
    public void An_account_without_the_privilege_loads_no_driver()
    {
        using var test = KernelTest.Boot();
        var application = new TestApplication(test);
        var driver = TestDriver.Load(test, "driver");
        Assert.Equal(NtStatus.Success, driver.Stop());
        test.Kernel.Se.RemovePrivilege(application.Process, SecurityMonitor.LoadDriverPrivilege);
        Assert.Equal(NtStatus.PrivilegeNotHeld, test.Run(_ => test.Kernel.Io.LoadDriverForUser(application.Process, driver.ServiceKey)));
        Assert.False(driver.IsImageLoaded);
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Io.LoadDriverForUser(test.Kernel.Ps.CreateProcess("services.exe"), driver.ServiceKey)));
        Assert.True(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-16")]
    [Trait("Spec", "U-2.14")]
    public void A_failed_DriverEntry_is_not_followed_by_DriverUnload()
    {
        using var test = KernelTest.Boot();
        var (driver, status) = TestDriver.TryLoadBare(test, "driver", driver =>
        {
            driver.SetRoutines();
            return GuestTask.FromResult(NtStatus.InsufficientResources);
        });
        test.RunUntilIdle();
        Assert.Equal(NtStatus.InsufficientResources, status);
        Assert.False(driver.WasUnloaded);
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-17")]
    [Trait("Spec", "U-2.15")]
    public void A_device_that_a_failed_DriverEntry_left_keeps_the_image_without_a_name()
    {
        using var test = KernelTest.Boot();
        var (driver, status) = TestDriver.TryLoadBare(test, "driver", async driver =>
        {
            driver.SetRoutines();
            var (created, _) = await test.Kernel.Io.CreateDevice(
                driver.Object, 0, null, DeviceType.Unknown, DeviceCharacteristics.None, exclusive: false);
            Assert.Equal(NtStatus.Success, created);
            return NtStatus.Unsuccessful;
        });
        test.RunUntilIdle();
        Assert.Equal(NtStatus.Unsuccessful, status);
        Assert.True(driver.IsImageLoaded);
        Assert.False(driver.WasUnloaded);
        Assert.Equal(1, test.PointerCount(driver.Object.Address));
        Assert.True(test.Kernel.Ob.Lookup(@"\Driver\driver").Object.IsNull);
    }

    [Fact]
    [Trait("Spec", "T-18")]
    public void Name_handle_pointer_and_look_up_count_one_each_and_permanence_nothing()
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = NtBuild.Windows7Sp1 }); // a handle is one reference before 8.1
        var handle = test.Allocate(8);
        var attributes = test.Attributes(@"\Counted", ObjectAttributeFlags.CaseInsensitive | ObjectAttributeFlags.Permanent);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateDirectoryObject", handle.Value, 0xF000F, attributes));
        var body = test.Kernel.Ob.Lookup(@"\Counted").Object;
        Assert.Equal(2, test.PointerCount(body)); // the name and the handle
        var (found, type) = (test.Allocate(8), test.Kernel.Ob.TypeAddress(ObjectKind.Directory).Value);
        test.Status("ObReferenceObjectByHandle", test.Value(handle), 0, type, 0, found.Value, 0);
        Assert.Equal(3, test.PointerCount(body));
        test.Status("ObReferenceObjectByPointer", body.Value, 0, type, 0);
        Assert.Equal(4, test.PointerCount(body));
        test.Status("ObReferenceObjectByName", test.Text(@"\Counted"), 0x40, 0, 0, type, 0, 0, found.Value);
        Assert.Equal(5, test.PointerCount(body));
        test.Status("NtClose", test.Value(handle));
        Assert.Equal(4, test.PointerCount(body));
    }

    [Theory]
    [Trait("Spec", "U-2.20")]
    [Trait("Spec", "U-2.21")]
    [InlineData("IoRegisterDriverReinitialization", 0x8, true)]
    [InlineData("IoRegisterBootDriverReinitialization", 0x20, true)]
    [InlineData("IoRegisterDriverReinitialization", 0x8, false)]
    public void A_reinitialisation_routine_runs_after_a_DriverEntry_that_succeeded(string register, uint flag, bool succeeds)
    {
        using var test = KernelTest.Boot();
        var seen = new List<(ulong Context, ulong Count)>();
        var flags = 0u;
        TestDriver.TryLoadBare(test, "driver", async driver =>
        {
            var routine = test.Routine(arguments =>
            {
                seen.Add((arguments[1], arguments[2]));
                return GuestTask.FromResult(0UL);
            });
            await test.Call(register, driver.Object.Address.Value, routine.Value, 0x42);
            flags = (uint)driver.Object.Flags;
            Assert.Empty(seen);
            return succeeds ? NtStatus.Success : NtStatus.Unsuccessful;
        });
        Assert.Equal(flag, flags & flag);
        Assert.Equal(succeeds ? [(0x42UL, 1UL)] : [], seen);
    }

    [Fact]
    [Trait("Spec", "T-65")]
    public void A_library_leaves_with_its_last_importer_and_is_told()
    {
        using var test = KernelTest.Boot();
        test.Install("t-export.sys");
        var importer = test.Load("t-importer.sys");
        var library = test.Kernel.Images.FindLoaded("t-export.sys")!;
        var count = new KldrDataTableEntry(test.Memory, library.LoaderEntry).LoadCount;
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Io.UnloadDriver(IoManager.ServicesKey + @"\t-importer", Attempter.Scm)));
        test.RunUntilIdle();
        Assert.Null(test.Kernel.Images.FindLoaded("t-importer.sys"));
        Assert.Null(test.Kernel.Images.FindLoaded("t-export.sys"));
        Assert.Contains(test.Kernel.Trace.Of<DebugPrintRecord>(), r => r.Text.StartsWith("t-export: DllUnload", StringComparison.Ordinal));
        Assert.Contains(
            test.Kernel.Trace.Of<ReferenceRecord>(),
            r => r is { Counter: ReferenceCounter.LoadCount } && r.Object == library.LoaderEntry && r.Old == count && r.New == count - 1);
        Assert.NotEqual(VirtualAddress.Null, importer.Address);
    }

    [Fact]
    [Trait("Spec", "U-2.22")]
    public void A_driver_object_of_IoCreateDriver_has_a_name_until_IoDeleteDriver_and_none_when_its_routine_fails()
    {
        using var test = KernelTest.Boot();
        const string Name = @"\Driver\Made";
        var (made, status) = (default(ulong), 0xC000_0001UL);
        var initialize = test.Routine(arguments =>
        {
            made = arguments[0];
            return GuestTask.FromResult(status);
        });
        Assert.Equal(new NtStatus(unchecked((int)0xC000_0001)), test.Status("IoCreateDriver", test.Text(Name), initialize.Value));
        Assert.True(test.Kernel.Ob.Lookup(Name).Object.IsNull);
        status = 0;
        Assert.Equal(NtStatus.Success, test.Status("IoCreateDriver", test.Text(Name), initialize.Value));
        Assert.Equal(made, test.Kernel.Ob.Lookup(Name).Object.Value);
        Assert.Equal(NtStatus.ObjectNameCollision, test.Status("IoCreateDriver", test.Text(Name), initialize.Value));
        test.CallNow("IoDeleteDriver", made);
        Assert.True(test.Kernel.Ob.Lookup(Name).Object.IsNull);
    }
}
