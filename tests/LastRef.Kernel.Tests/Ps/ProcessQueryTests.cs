using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What drivers ask about processes and threads.</summary>
public sealed class ProcessQueryTests
{
    [Fact]
    public void The_running_thread_is_known_by_pointer_and_by_number()
    {
        using var test = KernelTest.Boot();
        test.Run(async thread =>
        {
            var address = thread.Address.Value;
            Assert.Equal(address, await test.Call("KeGetCurrentThread"));
            Assert.Equal(address, await test.Call("PsGetCurrentThread"));
            var id = await test.Call("PsGetCurrentThreadId");
            Assert.Equal(new EThread(test.Memory, thread.Address).UniqueThread.Value, id);
            Assert.Equal(id, await test.Call("PsGetThreadId", address));
            Assert.Equal(4UL, await test.Call("PsGetThreadProcessId", address));
            Assert.Equal(test.Kernel.Ps.SystemProcess.Value, await test.Call("PsGetThreadProcess", address));
            Assert.Equal(test.Kernel.Ps.SystemProcess.Value, await test.Call("IoThreadToProcess", address));
            Assert.Equal(1, (byte)await test.Call("PsIsSystemThread", address));
            Assert.Equal(1, (byte)await test.Call("IoIsSystemThread", address));
            Assert.Equal(0UL, await test.Call("PsGetThreadSessionId", address));
            Assert.Equal(0UL, await test.Call("PsGetCurrentProcessWow64Process"));
            Assert.Equal(0, (byte)await test.Call("PsIsProtectedProcess", test.Kernel.Ps.SystemProcess.Value));
            Assert.Equal(0, (byte)await test.Call("PsIsProtectedProcessLight", test.Kernel.Ps.SystemProcess.Value));
            Assert.Equal(0UL, await test.Call("PsGetThreadTeb", address));
            Assert.Equal(0UL, await test.Call("PsGetCurrentThreadTeb"));
        });
    }

    [Fact]
    public void A_thread_is_found_by_its_number_and_referenced()
    {
        using var test = KernelTest.Boot();
        var (found, process, clientId) = (test.Allocate(8), test.Allocate(8), test.Allocate(16));
        test.Run(async thread =>
        {
            var id = await test.Call("PsGetCurrentThreadId");
            var before = test.PointerCount(thread.Address);
            Assert.Equal(0u, (uint)await test.Call("PsLookupThreadByThreadId", id, found.Value));
            Assert.Equal(thread.Address.Value, test.Value(found));
            Assert.Equal(before + 1, test.PointerCount(thread.Address));
            test.Memory.WriteUInt64(clientId, 4);
            test.Memory.WriteUInt64(clientId + 8, id);
            var processBefore = test.PointerCount(test.Kernel.Ps.SystemProcess);
            Assert.Equal(0u, (uint)await test.Call("PsLookupProcessThreadByCid", clientId.Value, process.Value, found.Value));
            Assert.Equal((test.Kernel.Ps.SystemProcess.Value, thread.Address.Value), (test.Value(process), test.Value(found)));
            Assert.Equal((before + 2, processBefore + 1), (test.PointerCount(thread.Address), test.PointerCount(test.Kernel.Ps.SystemProcess)));
        });
        Assert.Equal(NtStatus.InvalidParameter, test.Status("PsLookupThreadByThreadId", 0xDEAD0, found.Value));
        test.Memory.WriteUInt64(clientId + 8, 0xDEAD0);
        Assert.Equal(NtStatus.InvalidCid, test.Status("PsLookupProcessThreadByCid", clientId.Value, process.Value, found.Value));
    }

    [Fact]
    public void A_process_says_who_it_is()
    {
        using var test = KernelTest.Boot();
        var system = test.Kernel.Ps.SystemProcess.Value;
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        Assert.Equal(4UL, test.CallNow("PsGetProcessId", system));
        Assert.Equal(new EProcess(test.Memory, process).UniqueProcessId.Value, test.CallNow("PsGetProcessId", process.Value));
        Assert.Equal("app.exe", test.ReadBytes(test.CallNow("PsGetProcessImageFileName", process.Value)));
        Assert.Equal(
            new EProcess(test.Memory, process).InheritedFromUniqueProcessId.Value,
            test.CallNow("PsGetProcessInheritedFromUniqueProcessId", process.Value));
        var born = (long)test.CallNow("PsGetProcessCreateTimeQuadPart", process.Value);
        Assert.InRange(born, (long)test.CallNow("PsGetProcessCreateTimeQuadPart", system), test.Kernel.Ke.SystemTime100ns);
        test.CallNow("KeDelayExecutionThread", 0, 0, test.Time(-10_000_000));
        var later = test.Kernel.Ps.CreateProcess("later.exe");
        Assert.InRange((long)test.CallNow("PsGetProcessCreateTimeQuadPart", later.Value) - born, 10_000_000, 11_000_000);
        foreach (var routine in new[] { "PsGetProcessWow64Process", "PsGetProcessJob", "PsIsProcessBeingDebugged" })
            Assert.Equal(0, (byte)test.CallNow(routine, process.Value));
        Assert.Equal(0UL, test.CallNow("PsGetProcessPeb", system)); // System has no user part
    }

    [Fact]
    public void A_process_that_ended_has_its_status_and_cannot_be_kept()
    {
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        test.CallNow("ObfReferenceObject", process.Value);
        var handle = test.Kernel.Ob.CreateHandle(test.Kernel.Ps.SystemProcess, process, 0x1F_FFFF, kernelHandle: true).Value;
        Assert.Equal(NtStatus.Success, test.Status("PsAcquireProcessExitSynchronization", process.Value));
        test.CallNow("PsReleaseProcessExitSynchronization", process.Value);
        Assert.False(test.Boolean("PsGetProcessExitProcessCalled", process.Value));
        Assert.Equal(NtStatus.Success, test.Status("ZwTerminateProcess", handle, NtStatus.Cancelled.Code));
        Assert.Equal(NtStatus.Cancelled, test.Status("PsGetProcessExitStatus", process.Value));
        Assert.True(test.Boolean("PsGetProcessExitProcessCalled", process.Value));
        Assert.Equal(NtStatus.ProcessIsTerminating, test.Status("PsAcquireProcessExitSynchronization", process.Value));
        Assert.Equal(NtStatus.ProcessIsTerminating, test.Status("ZwTerminateProcess", handle, 0));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwTerminateProcess", 0x7770, 0));
    }

    [Theory]
    [InlineData("ZwQuerySystemInformation")]
    [InlineData("NtQuerySystemInformation")]
    public void The_list_of_processes_has_names_and_threads(string routine)
    {
        const ulong processes = 5;
        using var test = KernelTest.Boot();
        var application = test.Kernel.Ps.CreateProcess("app.exe");
        var thread = test.Kernel.Ps.CreateApplicationThread(application, "app.exe", async _ => await test.Kernel.Ke.Wait(test.Kernel.Ke.CreateEvent(synchronization: false)));
        test.RunUntilIdle();
        var (buffer, length) = (test.Allocate(0x8000), test.Allocate(4));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status(routine, processes, buffer.Value, 0x100, length.Value));
        Assert.Equal(NtStatus.Success, test.Status(routine, processes, buffer.Value, 0x8000, length.Value));
        var found = new Dictionary<ulong, (string Name, uint Threads, VirtualAddress Entry)>();
        for (var entry = buffer; ;)
        {
            var name = new UnicodeString(test.Memory, entry + 0x38);
            found.Add(test.Value(entry + 0x50), (name.Length == 0 ? "" : name.ToText(), test.Memory.ReadUInt32(entry + 4), entry));
            if (test.Memory.ReadUInt32(entry) is 0)
                break;
            entry += test.Memory.ReadUInt32(entry);
        }

        var id = new EProcess(test.Memory, application).UniqueProcessId.Value;
        Assert.Equal(("", 0u), (found[0].Name, found[0].Threads)); // the idle process has no name
        Assert.Equal("System", found[4].Name);
        Assert.Equal(("app.exe", 1u), (found[id].Name, found[id].Threads));
        Assert.Equal(id, test.Value(found[id].Entry + 0x100 + 0x28)); // SYSTEM_THREAD_INFORMATION.ClientId
        Assert.Equal(new EThread(test.Memory, thread.Address).UniqueThread.Value, test.Value(found[id].Entry + 0x100 + 0x30));
    }

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, 6, 1, "Service Pack 1")]
    [InlineData(NtBuild.Windows10_2004, 10, 0, "")]
    public void The_version_is_that_of_the_build(NtBuild build, uint major, uint minor, string servicePack)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = build });
        var (numbers, text) = (test.Allocate(12), test.Allocate(16));
        Assert.False(test.Boolean("PsGetVersion", numbers.Value, numbers.Value + 4, numbers.Value + 8, text.Value)); // a free build
        Assert.Equal(
            (major, minor, (uint)build), (test.Memory.ReadUInt32(numbers), test.Memory.ReadUInt32(numbers + 4), test.Memory.ReadUInt32(numbers + 8)));
        Assert.Equal(servicePack, test.Read(text.Value));
        Assert.False(test.Boolean("PsGetVersion", 0, 0, 0, 0));
    }

    [Fact]
    public void The_old_attach_is_for_one_process_at_a_time()
    {
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        test.Run(async thread =>
        {
            await test.Call("KeAttachProcess", process.Value);
            Assert.Equal(process.Value, await test.Call("PsGetCurrentProcess"));
            Assert.Equal(process, new KThread(test.Memory, thread.Address).ApcState.Process!.Value.Address);
            await test.Call("KeDetachProcess");
            Assert.Equal(test.Kernel.Ps.SystemProcess.Value, await test.Call("PsGetCurrentProcess"));
            Assert.Equal(test.Kernel.Ps.SystemProcess, new KThread(test.Memory, thread.Address).ApcState.Process!.Value.Address);
        });
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KeAttachProcess", process.Value);
            await test.Call("KeAttachProcess", process.Value);
        });
        Assert.Equal(5u, stop.Code); // INVALID_PROCESS_ATTACH_ATTEMPT
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void Notification_routines_of_every_form_are_set_and_removed()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "watcher", isSigned: true);
        var heard = new List<string>();
        var process = driver.Code(_ => Note("process"));
        var thread = driver.Code(arguments => arguments[0] == 4 ? GuestTask.FromResult(0UL) : Note("thread"));
        var image = driver.Code(_ => Note("image"));
        Assert.Equal(NtStatus.Success, test.Status("PsSetCreateProcessNotifyRoutineEx2", 0, process.Value, 0));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("PsSetCreateProcessNotifyRoutineEx2", 1, process.Value, 0));
        Assert.Equal(NtStatus.Success, test.Status("PsSetCreateThreadNotifyRoutineEx", 1, thread.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("PsSetCreateThreadNotifyRoutineEx", 2, thread.Value));
        Assert.Equal(NtStatus.Success, test.Status("PsSetLoadImageNotifyRoutineEx", image.Value, 0));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("PsSetLoadImageNotifyRoutineEx", image.Value, 2));
        TestDriver.Load(test, "neighbour");
        var application = test.Kernel.Ps.CreateProcess("app.exe");
        test.Kernel.Ps.CreateApplicationThread(application, "app.exe", _ => GuestTask.CompletedTask);
        test.RunUntilIdle();
        Assert.Equal(["image", "process", "thread", "thread", "process"], heard);

        Assert.Equal(NtStatus.Success, test.Status("PsSetCreateProcessNotifyRoutineEx2", 0, process.Value, 1));
        Assert.Equal(NtStatus.Success, test.Status("PsRemoveCreateThreadNotifyRoutine", thread.Value));
        Assert.Equal(NtStatus.ProcedureNotFound, test.Status("PsRemoveCreateThreadNotifyRoutine", thread.Value));
        Assert.Equal(NtStatus.Success, test.Status("PsRemoveLoadImageNotifyRoutine", image.Value));
        Assert.Equal(NtStatus.ProcedureNotFound, test.Status("PsRemoveLoadImageNotifyRoutine", image.Value));
        TestDriver.Load(test, "late");
        Assert.Equal(5, heard.Count);

        GuestTask<ulong> Note(string what)
        {
            heard.Add(what);
            return GuestTask.FromResult(0UL);
        }
    }
}
