using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ClientTests
{
    [Fact]
    [Trait("Spec", "T-79")]
    [Trait("Spec", "U-5.10")]
    [Trait("Spec", "U-5.15")]
    [Trait("Spec", "U-9.12")]
    public void A_client_that_closes_when_it_is_asked_lets_the_removal_through()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.ClosesOnQueryRemove);
        lab.Machine.Register(handle, NotificationApi.Window);
        lab.Machine.StartRead(handle, 64);
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
        Assert.Equal(
            [(ClientEvent.QueryRemove, ClientAnswer.Agreed), (ClientEvent.RemovePending, ClientAnswer.Agreed), (ClientEvent.RemoveComplete, ClientAnswer.Agreed)],
            lab.Told);
        Assert.Equal<byte>([1, 2], lab.Removals);

        // User mode is asked before the stack, and told before REMOVE (U-5.11, U-5.15).
        var records = lab.Trace.Records.Where(r => r is ClientNotificationRecord or IrpRecord { Step: IrpStep.Sent, Major: 0x1B, Minor: 1 or 2 }).ToList();
        Assert.IsType<ClientNotificationRecord>(records[0]);
        Assert.True(records.FindIndex(r => r is ClientNotificationRecord { Event: ClientEvent.RemoveComplete })
            < records.FindIndex(r => r is IrpRecord { Minor: 2 }));
        Assert.True(lab.Machine.IsDriverGone);
        Assert.Empty(lab.Machine.Notifications.Registrations);
    }

    [Theory]
    [Trait("Spec", "U-9.12")]
    [Trait("Spec", "U-9.20")]
    [Trait("Spec", "U-5.50")]
    [InlineData(null, 3, "app.exe", "PNP_VetoWindowsApp")]
    [InlineData("Backup", 4, "Backup", "PNP_VetoWindowsService")]
    public void A_refusal_ends_it_before_any_driver_is_asked(string? service, int type, string name, string typeName)
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.Refuses, service);
        lab.Machine.Register(handle, service is null ? NotificationApi.Window : NotificationApi.Service);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.Empty(lab.Removals);
        var veto = Assert.Single(lab.Trace.Of<VetoRecord>());
        Assert.Equal((type, name), (veto.VetoType, veto.Name));
        Assert.Equal([(ClientEvent.QueryRemove, ClientAnswer.Refused), (ClientEvent.QueryRemoveFailed, ClientAnswer.Agreed)], lab.Told);
        Assert.Contains(lab.Seen(SeenWhere.RemovalCall), s => s.Code == 0x17 && s.Text.Contains(typeName, StringComparison.Ordinal));
        Assert.Contains(lab.Seen(SeenWhere.SetupLog), s => s.Code == type && s.Text.Contains(name, StringComparison.Ordinal));
        Assert.True(lab.Device.IsStarted);
    }

    [Theory]
    [Trait("Spec", "U-9.5")]
    [Trait("Spec", "U-9.22")]
    [Trait("Spec", "U-9.30")]
    [Trait("Spec", "U-9.32")]
    [InlineData(ClientBehaviour.Unaware)]
    [InlineData(ClientBehaviour.Ignores)]
    [InlineData(ClientBehaviour.InterfaceOnly)]
    [InlineData(ClientBehaviour.ClosesThenReopens)]
    public void A_handle_that_stays_vetoes_and_event_225_names_its_process(object behaviour)
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface((ClientBehaviour)behaviour);
        if ((ClientBehaviour)behaviour == ClientBehaviour.InterfaceOnly)
        {
            var known = lab.Machine.Kernel.Pnp.Interfaces[0].Class;
            lab.Machine.Notifications.RegisterInterface(handle.Application, known, NotificationApi.ConfigurationManager);
        }
        else if ((ClientBehaviour)behaviour != ClientBehaviour.Unaware)
            lab.Machine.Register(handle, NotificationApi.ConfigurationManager);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.Equal<byte>([1, 3], lab.Removals);
        var veto = Assert.Single(lab.Trace.Of<VetoRecord>());
        Assert.Equal((5, lab.Device.Identity.InstancePath), (veto.VetoType, veto.Name));
        Assert.Equal(handle.Application.ProcessId, Assert.Single(veto.Holders).ProcessId);
        var logged = Assert.Single(lab.Seen(SeenWhere.SystemLog));
        Assert.Equal(225, logged.Code);
        Assert.Contains(handle.Application.Path, logged.Text, StringComparison.Ordinal);
        Assert.Contains(handle.Application.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), logged.Text, StringComparison.Ordinal);
        Assert.Contains(lab.Device.Identity.InstancePath, logged.Text, StringComparison.Ordinal);
        if ((ClientBehaviour)behaviour is ClientBehaviour.Unaware or ClientBehaviour.InterfaceOnly)
            Assert.DoesNotContain(lab.Told, t => t.Event == ClientEvent.QueryRemove);
    }

    [Fact]
    [Trait("Spec", "U-9.12")]
    public void A_client_that_closes_late_vetoes_once_and_not_again()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.ClosesLate);
        lab.Machine.Register(handle, NotificationApi.Window);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.False(handle.IsClosed);
        lab.Machine.LetTimePass(10 * 10_000_000L);
        Assert.True(handle.IsClosed);
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
    }

    [Fact]
    [Trait("Spec", "U-9.13")]
    public void A_client_opens_again_when_the_removal_failed()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var good = lab.OpenInterface(ClientBehaviour.ClosesOnQueryRemove);
        lab.Machine.Register(good, NotificationApi.ConfigurationManager);
        lab.OpenInterface();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.True(good.IsClosed);
        Assert.Single(good.Application.Handles, h => !h.IsClosed);
        Assert.Equal([ClientEvent.QueryRemove, ClientEvent.QueryRemoveFailed], lab.Told.Select(t => t.Event));
    }

    [Fact]
    [Trait("Spec", "U-9.15")]
    [Trait("Spec", "U-3.38")]
    [Trait("Spec", "R-47")]
    public void A_client_that_ends_its_registration_in_its_callback_never_comes_back_and_the_removal_times_out()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.DeadlocksInCallback, "Guest agent");
        lab.Machine.Register(handle, NotificationApi.ConfigurationManager);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.Equal((ClientEvent.QueryRemove, ClientAnswer.TimedOut), lab.Told[0]);
        Assert.Equal(4, Assert.Single(lab.Trace.Of<VetoRecord>()).VetoType);
        Assert.Contains(lab.Seen(SeenWhere.RemovalCall), s => s.Code == 480);
        Assert.True(lab.Machine.Notifications.IsInCallback(handle.Application));
        Assert.False(handle.IsClosed);

        // Only the end of the process helps.
        lab.Machine.EndProcess(handle.Application);
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
        Assert.True(lab.Machine.IsDriverGone);
    }

    [Fact]
    [Trait("Spec", "U-9.14")]
    [Trait("Spec", "U-5.31")]
    public void After_a_surprise_the_only_signal_is_remove_complete_and_the_close_lets_the_driver_go()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.ClosesOnQueryRemove);
        lab.Machine.Register(handle, NotificationApi.ConfigurationManager);
        lab.Machine.StartRead(handle, 64);
        lab.Machine.PullOut(lab.Device);
        Assert.Equal([ClientEvent.RemoveComplete], lab.Told.Select(t => t.Event));
        Assert.Equal<byte>([0x17, 2], lab.Removals);
        Assert.True(handle.IsClosed);
        Assert.True(lab.Machine.IsDriverGone);
    }

    [Fact]
    [Trait("Spec", "U-5.38")]
    [Trait("Spec", "T-73")]
    [Trait("Spec", "U-9.10")]
    public void An_interface_registration_hears_of_arrival_and_of_removal_at_surprise_time()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface();
        var known = lab.Machine.Kernel.Pnp.Interfaces[0];
        lab.Machine.Notifications.RegisterInterface(handle.Application, known.Class, NotificationApi.Window);
        lab.Machine.PlugIn(lab.Identity(1));
        Assert.Equal(ClientEvent.InterfaceArrival, Assert.Single(lab.Told).Event);
        lab.Machine.PullOut(lab.Device);
        Assert.Equal(ClientEvent.InterfaceRemoval, lab.Told[^1].Event);
        Assert.Equal<byte>([0x17], lab.Removals.Where(m => m != 2));
        Assert.DoesNotContain((byte)2, lab.Removals);
    }

    [Fact]
    [Trait("Spec", "U-6.23")]
    [Trait("Spec", "T-60")]
    public void A_registration_from_user_mode_holds_the_PDO_until_it_ends_or_its_process_does()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface();
        var pdo = lab.Machine.Kernel.Ob.HeaderOf(lab.Device.Pdo.Address);
        var before = pdo.PointerCount;
        var first = lab.Machine.Register(handle, NotificationApi.Window)!;
        lab.Machine.Register(handle, NotificationApi.ConfigurationManager);
        Assert.Equal(before + 2, pdo.PointerCount);
        lab.Machine.Step(StimulusKind.Note, "unregister", async _ =>
        {
            await lab.Machine.Notifications.Unregister(first);
            return NtStatus.Success;
        });
        Assert.Equal(before + 1, pdo.PointerCount);
        lab.Machine.EndProcess(handle.Application);
        Assert.True(pdo.PointerCount <= before);
        Assert.Empty(lab.Machine.Notifications.Registrations);
    }

    [Fact]
    [Trait("Spec", "U-9.17")]
    public void A_duplicated_handle_is_one_more_to_close()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface();
        var other = lab.Machine.StartApplication("helper.exe");
        var copy = lab.Machine.Duplicate(handle, other)!;
        var file = new FileObject(lab.Machine.Kernel.Memory, lab.Machine.Kernel.Ob.FindHandle(other.Process, copy.Value)!.Value.Body);
        Assert.Equal(2, lab.Machine.Kernel.Ob.HeaderOf(file.Address).HandleCount);
        lab.Machine.Close(handle);
        Assert.DoesNotContain(lab.Trace.Of<IrpRecord>(), r => r is { Step: IrpStep.Sent, Major: (byte)IrpMajor.Cleanup });
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device));
        Assert.Equal("helper.exe", Assert.Single(Assert.Single(lab.Trace.Of<VetoRecord>()).Holders).ProcessName);
        lab.Machine.Close(copy);
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
    }

    [Fact]
    [Trait("Spec", "U-9.16")]
    public void Requests_are_cancelled_before_the_close_or_by_the_end_of_the_process()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface();
        lab.Machine.StartRead(handle, 64);
        Assert.Equal(1, lab.Machine.Cancel(handle));
        Assert.Equal(0, lab.Machine.Cancel(handle));
        lab.Machine.StartRead(handle, 64);
        lab.Machine.EndProcess(handle.Application);
        Assert.True(handle.IsClosed);
        Assert.Equal(0, lab.Device.Pdo.ReferenceCount);
        Assert.Equal(2, lab.Trace.Of<IrpRecord>().Count(r => r is { Step: IrpStep.Cancelled, Major: (byte)IrpMajor.Read }));
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
    }

    [Theory]
    [Trait("Spec", "U-9.1")]
    [Trait("Spec", "U-9.3")]
    [InlineData(false, "DBT_DEVICEQUERYREMOVE")]
    [InlineData(true, "CM_NOTIFY_ACTION_DEVICEQUERYREMOVE")]
    public void A_message_has_the_name_of_the_interface_by_which_it_was_asked_for(bool byConfigurationManager, string name)
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface(ClientBehaviour.Refuses);
        lab.Machine.Register(handle, byConfigurationManager ? NotificationApi.ConfigurationManager : NotificationApi.Window);
        lab.Machine.Remove(lab.Device);
        Assert.Equal(name, lab.Trace.Of<ClientNotificationRecord>().First().Message);
    }

    [Fact]
    [Trait("Spec", "U-5.60")]
    public void Device_Manager_shows_the_code_of_a_disabled_device_once()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        lab.Machine.Remove(lab.Device);
        var seen = Assert.Single(lab.Seen(SeenWhere.DeviceManager));
        Assert.Equal((22, "CM_PROB_DISABLED"), (seen.Code, seen.Name));
    }

    [Fact]
    [Trait("Spec", "U-9.3")]
    [Trait("Spec", "U-9.4")]
    public void Who_listens_for_instances_hears_of_enumeration_start_and_removal()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var listener = lab.Machine.StartApplication("watcher.exe");
        lab.Machine.Notifications.RegisterInstance(listener, null);
        var one = lab.Machine.StartApplication("other.exe");
        lab.Machine.Notifications.RegisterInstance(one, lab.Device.Identity.InstancePath);
        var second = lab.Machine.PlugIn(lab.Identity(1))!;
        lab.Machine.PullOut(second);
        lab.Machine.PullOut(lab.Device);
        var told = lab.Trace.Of<ClientNotificationRecord>().ToList();
        Assert.Equal(
            [
                ("CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED", second.Identity.InstancePath), ("CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED", second.Identity.InstancePath),
                ("CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED", second.Identity.InstancePath), ("CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED", lab.Device.Identity.InstancePath),
            ],
            told.Where(t => t.Client == "watcher.exe").Select(t => (t.Message, t.Subject)));
        Assert.Equal([("CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED", lab.Device.Identity.InstancePath)], told.Where(t => t.Client == "other.exe").Select(t => (t.Message, t.Subject)));
    }

    [Theory]
    [Trait("Spec", "U-6.68")]
    [Trait("Spec", "U-9.1")]
    [InlineData(false, "DBT_CUSTOMEVENT")]
    [InlineData(true, "CM_NOTIFY_ACTION_DEVICECUSTOMEVENT")]
    public void A_drivers_own_event_reaches_the_handles_that_were_registered_for_the_device(bool byConfigurationManager, string name)
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var handle = lab.OpenInterface();
        lab.Machine.Register(handle, byConfigurationManager ? NotificationApi.ConfigurationManager : NotificationApi.Window);
        var own = new Guid("99999999-2222-3333-4444-555555555555");
        var kernel = lab.Machine.Kernel;
        var structure = kernel.Ex.NonPagedPool.Allocate(0x28, 0x7473_6554, null);
        kernel.Memory.WriteUInt32(structure, 0x0028_0001);
        kernel.Memory.Write(structure + 4, own.ToByteArray());
        lab.Machine.Step(StimulusKind.Note, "a driver reports an event of its own", _ => kernel.Pnp.IoReportTargetDeviceChange(lab.Device.Pdo, structure));
        var told = Assert.Single(lab.Trace.Of<ClientNotificationRecord>());
        Assert.Equal((ClientEvent.Custom, name, own.ToString("B")), (told.Event, told.Message, told.Subject));
        Assert.False(handle.IsClosed);
    }

    [Fact]
    [Trait("Spec", "U-5.50")]
    public void A_removal_by_an_application_without_rights_is_refused_and_shown()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        var application = lab.Machine.StartApplication("guest.exe");
        lab.Machine.Kernel.Se.RemovePrivilege(application.Process, SecurityMonitor.LoadDriverPrivilege);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, lab.Machine.Remove(lab.Device, application));
        Assert.Contains(lab.Seen(SeenWhere.RemovalCall), s => s.Text == "PNP_VetoInsufficientRights: the rights do not suffice");
        Assert.Contains(lab.Seen(SeenWhere.SetupLog), s => s.Code == 12);
    }
}
