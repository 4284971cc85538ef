using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Faults that nobody handles, each of a driver that does just that.</summary>
public sealed class FaultTests
{
    private static MachineStop.BugCheck Crash(KernelTest test, params byte[] code) =>
        test.RunToBugCheck(async thread => await thread.Call(test.Code(code)));

    [Fact]
    public void A_null_pointer_in_a_system_thread_is_bug_check_7E_with_the_exception_code()
    {
        using var test = KernelTest.Boot();

        // mov eax,[8]
        var stop = Crash(test, 0x8B, 0x04, 0x25, 8, 0, 0, 0, 0xC3);
        Assert.Equal((0x7Eu, NtStatus.AccessViolation.Code), (stop.Code, (uint)stop.Parameter1));
    }

    [Fact]
    public void The_page_tables_that_a_driver_finds_in_cr3_are_its_process_s_and_cannot_be_looked_at()
    {
        using var test = KernelTest.Boot();

        // mov rax,cr3; ret
        var read = test.Code(0x0F, 0x20, 0xD8, 0xC3);
        var tables = test.Run(async thread => await thread.Call(read));
        Assert.Equal(new EProcess(test.Memory, test.Kernel.Ps.SystemProcess).Pcb.DirectoryTableBase, tables);
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("MmGetVirtualForPhysical", tables)));
        Assert.Contains("page tables", stop.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_whose_sections_share_pages_can_write_its_own_code_and_another_cannot()
    {
        using var test = KernelTest.Boot();
        TestDriver.LoadPacked(test, "packed");
        TestDriver.Load(test, "aligned");
        var (packed, aligned) = (test.Kernel.Images.FindLoaded("packed.sys")!.Base, test.Kernel.Images.FindLoaded("aligned.sys")!.Base);

        // mov [rcx],al; ret
        var write = test.Code(0x88, 0x01, 0xC3);
        test.Run(async thread => await thread.Call(write, packed.Value + 0x5FF));
        var stop = test.RunToBugCheck(async thread => await thread.Call(write, aligned.Value + 0x11FF));
        Assert.Equal((0xBEu, aligned.Value + 0x11FF), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void A_null_pointer_at_dispatch_level_is_bug_check_D1()
    {
        using var test = KernelTest.Boot();

        // mov eax,2; mov cr8,rax; mov eax,[8]
        var stop = Crash(test, 0xB8, 2, 0, 0, 0, 0x44, 0x0F, 0x22, 0xC0, 0x8B, 0x04, 0x25, 8, 0, 0, 0, 0xC3);
        Assert.Equal((0xD1u, 8UL, 2UL, 0UL), (stop.Code, stop.Parameter1, stop.Parameter2, stop.Parameter3));
    }

    [Fact]
    public void A_breakpoint_without_a_debugger_is_an_unhandled_exception()
    {
        using var test = KernelTest.Boot();
        var stop = Crash(test, 0xCC, 0xC3);
        Assert.Equal((0x7Eu, 0x80000003u), (stop.Code, (uint)stop.Parameter1));
        Assert.Contains("no debugger", stop.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_fast_is_bug_check_139_with_the_code_in_rcx()
    {
        using var test = KernelTest.Boot();

        // mov ecx,3; int 29h
        var stop = Crash(test, 0xB9, 3, 0, 0, 0, 0xCD, 0x29);
        Assert.Equal((0x139u, 3UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void An_assertion_is_an_exception_of_its_own()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0xC0000420u, (uint)Crash(test, 0xCD, 0x2C, 0xC3).Parameter1);
    }

    [Fact]
    public void Endless_recursion_is_a_double_fault()
    {
        using var test = KernelTest.Boot();

        // sub rsp,28h; call the start again
        var stop = Crash(test, 0x48, 0x83, 0xEC, 0x28, 0xE8, 0xF7, 0xFF, 0xFF, 0xFF);
        Assert.Equal((0x7Fu, 8UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void A_bad_pointer_given_to_a_kernel_routine_at_dispatch_level_is_bug_check_A()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            await test.Call("KeSetEvent", 0x10, 0, 0);
        });
        Assert.Equal(0xAu, stop.Code);
    }

    [Fact]
    public void Freed_pool_is_named_as_such()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            var pool = await test.Call("ExAllocatePoolWithTag", 0, 0x3000, 1);
            await test.Call("ExFreePoolWithTag", pool, 0);
            await test.Call("KeSetEvent", pool, 0, 0);
        });
        Assert.Equal(0x50u, stop.Code);
        Assert.Contains("freed", stop.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void The_drivers_own_bug_check_keeps_its_parameters()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call("KeBugCheckEx", 0xDEAD, 1, 2, 3, 4));
        Assert.Equal((0xDEADu, 1UL, 2UL, 3UL, 4UL), (stop.Code, stop.Parameter1, stop.Parameter2, stop.Parameter3, stop.Parameter4));
    }

    [Fact]
    public void A_thread_whose_image_has_left_is_bug_check_CE_and_names_the_image()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("r42-defect.sys");
        var service = IoManager.ServicesKey + @"\r42-defect";
        test.Kernel.RunOnSystemThread("stop", async _ => await test.Kernel.Io.UnloadDriver(service, Attempter.Scm));
        test.RunUntilIdle(test.Kernel.Ke.InterruptTime100ns + 600_000_000);
        var stop = Assert.IsType<MachineStop.BugCheck>(test.Kernel.Stop);
        Assert.Equal(0xCEu, stop.Code);
        Assert.Contains("r42-defect.sys", stop.Explanation, StringComparison.Ordinal);
        Assert.False(driver.Address.IsNull);
    }
}
