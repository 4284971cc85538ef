using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ProcessTests
{
    [Fact]
    public void The_system_process_is_number_4_and_named_by_a_variable()
    {
        using var test = KernelTest.Boot();
        var system = test.Kernel.Ps.SystemProcess;
        Assert.Equal(system, test.Memory.ReadPointer(test.Export("PsInitialSystemProcess")));
        Assert.Equal("System", test.Kernel.Ps.ImageNameOf(system));
        Assert.Equal(4UL, test.CallNow("PsGetCurrentProcessId"));
        Assert.Equal(system.Value, test.CallNow("IoGetCurrentProcess"));
    }

    [Fact]
    public void Gs_188_names_the_running_thread()
    {
        using var test = KernelTest.Boot();

        // mov rax,gs:[188h]; ret
        var code = test.Code(0x65, 0x48, 0x8B, 0x04, 0x25, 0x88, 1, 0, 0, 0xC3);
        Assert.True(test.Run(async thread => await thread.Call(code) == thread.Address.Value));
    }

    [Fact]
    public void A_system_thread_gets_its_context_and_signals_its_object_when_it_ends()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var seen = new List<ulong>();
        var routine = test.Routine(arguments =>
        {
            seen.Add(arguments[0]);
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            Assert.Equal(0u, (uint)await test.Call("PsCreateSystemThread", handle.Value, 0x1FFFFF, 0, 0, 0, routine.Value, 0x4711));
            Assert.Empty(seen);
            Assert.Equal(0u, (uint)await test.Call("ZwWaitForSingleObject", test.Memory.ReadUInt64(handle), 0, 0));
        });
        Assert.Equal([0x4711UL], seen);
        Assert.Equal(
            [true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.SystemThread).Select(r => r.Begin));
    }

    [Fact]
    public void PsTerminateSystemThread_does_not_return_and_leaves_the_exit_status()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var returned = false;
        var routine = test.Routine(async _ =>
        {
            await test.Call("PsTerminateSystemThread", 0xC0000001);
            returned = true;
            return 0;
        });
        var body = test.Run(async _ =>
        {
            await test.Call("PsCreateSystemThread", handle.Value, 0x1FFFFF, 0, 0, 0, routine.Value, 0);
            var thread = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Memory.ReadUInt64(handle)))!.Value.Body;
            Assert.Equal(NtStatus.Pending.Code, (uint)await test.Call("PsGetThreadExitStatus", thread.Value));
            await test.Kernel.Ke.Wait(thread);
            return thread;
        });
        Assert.False(returned);
        Assert.Equal(0xC0000001u, (uint)test.CallNow("PsGetThreadExitStatus", body.Value));
        Assert.Equal(1u, (byte)test.CallNow("PsIsThreadTerminating", body.Value));
    }

    [Fact]
    public void A_thread_of_IoCreateSystemThread_holds_its_object_until_it_ends()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var gate = test.Kernel.Ke.CreateEvent(synchronization: false);
        var held = test.Kernel.Ob.Create(ObjectKind.Event, 0x18, PoolTags.Object);
        var routine = test.Routine(async _ =>
        {
            await test.Kernel.Ke.Wait(gate);
            return 0;
        });
        test.CallNow("IoCreateSystemThread", held.Value, handle.Value, 0x1FFFFF, 0, 0, 0, routine.Value, 0);
        test.RunUntilIdle();
        Assert.Equal(2, test.Kernel.Ob.HeaderOf(held).PointerCount);
        test.Kernel.Ke.Signal(gate, 1);
        test.RunUntilIdle();
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(held).PointerCount);
    }

    [Fact]
    public void A_thread_that_ends_at_raised_irql_is_bug_check_20()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var routine = test.Routine(async _ =>
        {
            await test.Call("KfRaiseIrql", 1);
            return 0;
        });
        test.CallNow("PsCreateSystemThread", handle.Value, 0x1FFFFF, 0, 0, 0, routine.Value, 0);
        Assert.Equal(RunOutcome.Stopped, test.RunUntilIdle());
        Assert.Equal(0x20u, Assert.IsType<MachineStop.BugCheck>(test.Kernel.Stop).Code);
    }

    [Fact]
    public void Look_ups_by_identifier_take_a_reference()
    {
        using var test = KernelTest.Boot();
        var found = test.Allocate(8);
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var id = new EProcess(test.Memory, process).UniqueProcessId.Value;
        var before = test.Kernel.Ob.HeaderOf(process).PointerCount;
        Assert.Equal(0u, (uint)test.CallNow("PsLookupProcessByProcessId", id, found.Value));
        Assert.Equal(process, test.Memory.ReadPointer(found));
        Assert.Equal(before + 1, test.Kernel.Ob.HeaderOf(process).PointerCount);
        Assert.Equal(NtStatus.InvalidParameter.Code, (uint)test.CallNow("PsLookupProcessByProcessId", 0xDEAD0, found.Value));
    }

    [Fact]
    public void Process_and_thread_routines_hear_of_an_application_from_start_to_end()
    {
        using var test = KernelTest.Boot();
        var heard = new List<string>();
        var processRoutine = test.Routine(arguments =>
        {
            heard.Add((byte)arguments[2] != 0 ? "process starts" : "process ends");
            return GuestTask.FromResult(0UL);
        });
        var threadRoutine = test.Routine(arguments =>
        {
            if (arguments[0] != 4)
                heard.Add((byte)arguments[2] != 0 ? "thread starts" : "thread ends");
            return GuestTask.FromResult(0UL);
        });
        Assert.Equal(0u, (uint)test.CallNow("PsSetCreateProcessNotifyRoutine", processRoutine.Value, 0));
        Assert.Equal(NtStatus.InvalidParameter.Code, (uint)test.CallNow("PsSetCreateProcessNotifyRoutine", processRoutine.Value, 0));
        Assert.Equal(0u, (uint)test.CallNow("PsSetCreateThreadNotifyRoutine", threadRoutine.Value));
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        test.Kernel.Ps.CreateApplicationThread(process, "app.exe", _ => GuestTask.CompletedTask);
        test.RunUntilIdle();
        Assert.Equal(["process starts", "thread starts", "thread ends", "process ends"], heard);
        Assert.Equal(0u, (uint)test.CallNow("PsSetCreateProcessNotifyRoutine", processRoutine.Value, 1));
        Assert.Equal(NtStatus.ProcedureNotFound.Code, (uint)test.CallNow("PsSetCreateProcessNotifyRoutine", processRoutine.Value, 1));
    }

    [Fact]
    public void The_extended_process_routine_is_refused_for_code_of_an_image_without_the_integrity_flag()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.AccessDenied.Code, (uint)test.CallNow("PsSetCreateProcessNotifyRoutineEx", test.Code(0xC3).Value, 0));
    }

    [Fact]
    public void The_previous_mode_is_that_of_the_thread()
    {
        using var test = KernelTest.Boot();
        var modes = new List<byte>();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        test.Kernel.Ps.CreateApplicationThread(process, "app.exe", async _ => modes.Add((byte)await test.Call("ExGetPreviousMode")));
        test.RunUntilIdle();
        modes.Add((byte)test.CallNow("ExGetPreviousMode"));
        Assert.Equal([1, 0], modes);
    }

    [Fact]
    public void Attaching_to_a_process_changes_the_current_one_until_detached()
    {
        using var test = KernelTest.Boot();
        var state = test.Allocate(0x40);
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        test.Run(async _ =>
        {
            await test.Call("KeStackAttachProcess", process.Value, state.Value);
            Assert.Equal(process.Value, await test.Call("PsGetCurrentProcess"));
            await test.Call("KeUnstackDetachProcess", state.Value);
            Assert.Equal(test.Kernel.Ps.SystemProcess.Value, await test.Call("PsGetCurrentProcess"));
        });
    }

    [Fact]
    public void A_thread_of_higher_priority_runs_first()
    {
        using var test = KernelTest.Boot();
        var order = new List<string>();
        test.Run(async thread =>
        {
            await test.Call("KeSetPriorityThread", thread.Address.Value, 20);
            test.Kernel.Ps.CreateSystemThread("low", 5, _ => Note("low"));
            test.Kernel.Ps.CreateSystemThread("high", 10, _ => Note("high"));
            Assert.Empty(order);
        });
        test.RunUntilIdle();
        Assert.Equal(["high", "low"], order);

        GuestTask Note(string who)
        {
            order.Add(who);
            return GuestTask.CompletedTask;
        }
    }

    [Fact]
    public void Basic_information_names_the_process_and_the_thread()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x30);
        test.Run(async thread =>
        {
            Assert.Equal(0u, (uint)await test.Call("ZwQueryInformationProcess", ulong.MaxValue, 0, buffer.Value, 0x30, 0));
            Assert.Equal(4UL, test.Memory.ReadUInt64(buffer + 0x20));
            Assert.Equal(0u, (uint)await test.Call("ZwQueryInformationThread", ulong.MaxValue - 1, 0, buffer.Value, 0x30, 0));
            Assert.Equal(new EThread(test.Memory, thread.Address).UniqueThread.Value, test.Memory.ReadUInt64(buffer + 0x18));
            Assert.Equal(
                NtStatus.InfoLengthMismatch.Code, (uint)await test.Call("ZwQueryInformationProcess", ulong.MaxValue, 0, buffer.Value, 8, 0));
        });
    }

    [Fact]
    public void The_module_list_names_the_kernel_first_and_drivers_by_path()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("t-seh.sys");
        var (buffer, length) = (test.Allocate(0x8000), test.Allocate(4));
        Assert.Equal(NtStatus.InfoLengthMismatch.Code, (uint)test.CallNow("ZwQuerySystemInformation", 11, buffer.Value, 0, length.Value));
        Assert.Equal(0u, (uint)test.CallNow("ZwQuerySystemInformation", 11, buffer.Value, test.Memory.ReadUInt32(length), 0));
        var last = buffer + 8 + (((int)test.Memory.ReadUInt32(buffer) - 1) * 0x128);
        Assert.Equal(AddressMap.KernelImage, test.Memory.ReadPointer(buffer + 0x18));
        Assert.Equal(driver.DriverStart, test.Memory.ReadPointer(last + 0x10));
        var name = new byte[9];
        test.Memory.Read(last + 0x28 + test.Memory.ReadUInt16(last + 0x26), name);
        Assert.Equal("t-seh.sys", System.Text.Encoding.ASCII.GetString(name));
    }

    [Fact]
    public void An_image_routine_hears_of_a_driver_before_its_entry_runs()
    {
        using var test = KernelTest.Boot();
        var heard = new List<(ulong Process, VirtualAddress Base)>();
        var routine = test.Routine(arguments =>
        {
            heard.Add((arguments[1], test.Memory.ReadPointer(new VirtualAddress(arguments[2]) + 8)));
            return GuestTask.FromResult(0UL);
        });
        test.CallNow("PsSetLoadImageNotifyRoutine", routine.Value);
        var driver = test.Load("t-seh.sys");
        Assert.Equal([(0UL, driver.DriverStart)], heard);
        Assert.Equal(0u, (uint)test.CallNow("PsRemoveLoadImageNotifyRoutine", routine.Value));
    }

    [Fact]
    public void A_driver_that_polls_the_clock_sees_time_pass()
    {
        using var test = KernelTest.Boot();

        // mov rax,0FFFFF78000000008h; mov rcx,[rax]; add rcx,100000; loop: cmp [rax],rcx; jl loop; ret
        var code = test.Code(
            0x48, 0xB8, 8, 0, 0, 0, 0x80, 0xF7, 0xFF, 0xFF, 0x48, 0x8B, 0x08, 0x48, 0x81, 0xC1, 0xA0, 0x86, 1, 0, 0x48, 0x39, 0x08, 0x7C, 0xFB, 0xC3);
        var before = test.Kernel.Ke.InterruptTime100ns;
        test.Run(async thread => await thread.Call(code));
        Assert.InRange(test.Kernel.Ke.InterruptTime100ns - before, 100_000, 110_000);
    }

    [Fact]
    public void Two_busy_threads_of_one_priority_take_turns()
    {
        using var test = KernelTest.Boot();
        var flag = test.Allocate(8);

        // loop: cmp dword [rcx],0; je loop; ret
        var waits = test.Code(0x83, 0x39, 0, 0x74, 0xFB, 0xC3);
        var done = false;
        test.Kernel.Ps.CreateSystemThread("waits", 8, async thread =>
        {
            await thread.Call(waits, flag.Value);
            done = true;
        });
        test.Kernel.Ps.CreateSystemThread("sets", 8, _ =>
        {
            test.Memory.WriteUInt64(flag, 1);
            return GuestTask.CompletedTask;
        });
        test.RunUntilIdle();
        Assert.True(done);
    }
}
