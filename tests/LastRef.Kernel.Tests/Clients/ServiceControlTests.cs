using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class ServiceControlTests
{
    private const string Link = @"\??\ModelLegacy";

    [Fact]
    [Trait("Spec", "T-37")]
    [Trait("Spec", "U-3.31")]
    [Trait("Spec", "U-3.33")]
    [Trait("Spec", "U-3.34")]
    public void A_deferred_stop_leaves_STOP_PENDING_until_the_last_close()
    {
        using var lab = LabClient.Legacy("model-legacy.sys");
        Assert.Equal(ServiceState.Stopped, lab.Machine.QueryService(lab.Service));
        lab.Machine.StartService(lab.Service);
        Assert.Equal(ServiceState.Running, lab.Machine.QueryService(lab.Service));
        var handle = lab.Open(Link);

        Assert.Equal(NtStatus.Success, lab.Machine.StopService(lab.Service));
        Assert.True(lab.Machine.ServiceAnswer!.Succeeded);
        Assert.Equal(ServiceState.StopPending, lab.Machine.ServiceAnswer.State);
        Assert.Equal(ServiceState.StopPending, lab.Machine.QueryService(lab.Service));

        lab.Machine.Close(handle);
        Assert.Equal(ServiceState.Stopped, lab.Machine.QueryService(lab.Service));
        Assert.True(lab.Machine.IsDriverGone);
    }

    [Theory]
    [Trait("Spec", "T-38")]
    [Trait("Spec", "U-3.32")]
    [InlineData("r01-defect.sys", false)]
    [InlineData("model-pnp.sys", true)]
    public void A_stop_that_the_kernel_refuses_is_1052_and_the_service_runs_on(string file, bool isPnp)
    {
        using var lab = isPnp ? LabClient.Pnp(file) : LabClient.Legacy(file);
        if (!isPnp)
            lab.Machine.StartService(lab.Service);
        Assert.Equal(NtStatus.InvalidDeviceRequest, lab.Machine.StopService(lab.Service));
        Assert.Equal(Win32Error.InvalidServiceControl, lab.Machine.ServiceAnswer!.Error);
        Assert.Equal(ServiceState.Running, lab.Machine.QueryService(lab.Service));
        var seen = Assert.Single(lab.Seen(SeenWhere.ServiceControl));
        Assert.Equal((1052, "ERROR_INVALID_SERVICE_CONTROL"), (seen.Code, seen.Name));
    }

    [Fact]
    public void Every_error_that_a_failed_start_can_have_is_said_in_words()
    {
        using var lab = KernelTest.Boot();
        var codes = typeof(NtStatus).GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Where(p => p.PropertyType == typeof(NtStatus)).Select(p => lab.Kernel.Rtl.DosErrorOf((NtStatus)p.GetValue(null)!)).OfType<uint>().Distinct().ToList();
        Assert.True(codes.Count > 25, $"Only {codes.Count} errors were found.");
        Assert.All(codes, code => Assert.NotNull(Win32Error.NameOf((int)code)));
        Assert.DoesNotContain(codes, code => Win32Error.Meaning((int)code).Contains("LastRef", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "T-39")]
    [Trait("Spec", "U-3.30")]
    public void A_stop_is_1062_when_stopped_and_1061_when_pending()
    {
        using var lab = LabClient.Legacy("model-legacy.sys");
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.ServiceNotActive, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.StartService(lab.Service);
        var handle = lab.Open(Link);
        lab.Machine.StopService(lab.Service);
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.ServiceCannotAcceptControl, lab.Machine.ServiceAnswer!.Error);

        // The kernel was asked once: the second stop never reached it.
        Assert.Single(lab.Trace.Of<UnloadRecord>(), r => r.By == Attempter.Scm);
        lab.Machine.Close(handle);
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.ServiceNotActive, lab.Machine.ServiceAnswer!.Error);
    }

    [Fact]
    [Trait("Spec", "U-3.35")]
    public void A_start_while_the_unload_is_pending_fails_and_a_second_stop_repairs_the_record()
    {
        // WinDivert's four steps: stop while open, close, start (1058), stop (1062); then it starts again.
        using var lab = LabClient.Legacy("model-legacy.sys");
        lab.Machine.StartService(lab.Service);
        var handle = lab.Open(Link);
        lab.Machine.StopService(lab.Service);
        lab.Machine.StartService(lab.Service);
        Assert.Equal(Win32Error.ServiceAlreadyRunning, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.Close(handle);
        lab.Machine.StartService(lab.Service);
        Assert.Equal(Win32Error.ServiceDisabled, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.ServiceNotActive, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.StartService(lab.Service);
        Assert.Equal((Win32Error.Success, ServiceState.Running), (lab.Machine.ServiceAnswer!.Error, lab.Machine.ServiceAnswer.State));
    }

    [Fact]
    [Trait("Spec", "U-3.35")]
    public void A_deleted_service_is_marked_until_its_driver_is_gone()
    {
        using var lab = LabClient.Legacy("model-legacy.sys");
        lab.Machine.StartService(lab.Service);
        var handle = lab.Open(Link);
        lab.Machine.StopService(lab.Service);
        lab.Machine.DeleteService(lab.Service);
        Assert.True(lab.Machine.ServiceAnswer!.Succeeded);
        lab.Machine.DeleteService(lab.Service);
        Assert.Equal(Win32Error.ServiceMarkedForDelete, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.StartService(lab.Service);
        Assert.Equal(Win32Error.ServiceMarkedForDelete, lab.Machine.ServiceAnswer!.Error);
        Assert.NotNull(lab.Machine.Kernel.Cm.FindKey(lab.Service.KeyPath));

        lab.Machine.Close(handle);
        lab.Machine.QueryService(lab.Service);
        Assert.Null(lab.Machine.Kernel.Cm.FindKey(lab.Service.KeyPath));
        lab.Machine.StartService(lab.Service);
        Assert.Equal(Win32Error.ServiceDoesNotExist, lab.Machine.ServiceAnswer!.Error);
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.ServiceDoesNotExist, lab.Machine.ServiceAnswer!.Error);
    }

    [Fact]
    [Trait("Spec", "U-3.36")]
    public void With_the_image_pinned_and_the_name_gone_the_state_is_STOPPED_and_a_start_fails_in_the_loader()
    {
        using var lab = LabClient.Legacy("r13-defect.sys");
        lab.Machine.StartService(lab.Service);
        lab.Machine.StopService(lab.Service);
        Assert.Equal(ServiceState.Stopped, lab.Machine.QueryService(lab.Service));
        Assert.False(lab.Machine.IsDriverGone);
        Assert.Equal(NtStatus.ImageAlreadyLoaded, lab.Machine.StartService(lab.Service));
        Assert.Equal(Win32Error.ServiceAlreadyRunning, lab.Machine.ServiceAnswer!.Error);
        Assert.Equal(ServiceState.Stopped, lab.Machine.ServiceAnswer.State);
    }

    [Fact]
    [Trait("Spec", "U-3.37")]
    [Trait("Spec", "T-89")]
    public void The_service_of_a_PnP_driver_is_STOPPED_after_its_last_device_and_keeps_its_key()
    {
        using var lab = LabClient.Pnp("model-pnp.sys");
        Assert.Equal(ServiceState.Running, lab.Machine.QueryService(lab.Service));
        Assert.Equal(NtStatus.Success, lab.Machine.Remove(lab.Device));
        Assert.Equal(ServiceState.Stopped, lab.Machine.QueryService(lab.Service));
        Assert.NotNull(lab.Machine.Kernel.Cm.FindKey(lab.Service.KeyPath));
    }

    [Theory]
    [Trait("Spec", "U-3.38")]
    [InlineData(480, "ERROR_PNP_QUERY_REMOVE_DEVICE_TIMEOUT")]
    [InlineData(654, "ERROR_DRIVER_FAILED_PRIOR_UNLOAD")]
    [InlineData(3010, "ERROR_SUCCESS_REBOOT_REQUIRED")]
    public void Codes_to_remember_have_their_names_and_a_meaning(int code, string name)
    {
        Assert.Equal(name, Win32Error.NameOf(code));
        Assert.NotEqual(Win32Error.Meaning(-1), Win32Error.Meaning(code));
    }

    [Theory]
    [InlineData(0xC000_0035, 183, "ERROR_ALREADY_EXISTS")]
    [InlineData(0xC000_0001, 31, "ERROR_GEN_FAILURE")]
    [InlineData(0xC000_009A, 1450, "ERROR_NO_SYSTEM_RESOURCES")]
    public void A_start_that_DriverEntry_fails_is_the_error_of_its_status(uint status, int code, string name)
    {
        using var test = KernelTest.Boot();
        Assert.Equal((uint)code, test.Kernel.Rtl.DosErrorOf(new NtStatus((int)status)));
        Assert.Equal(name, Win32Error.NameOf(code));
        Assert.NotEqual(Win32Error.Meaning(-1), Win32Error.Meaning(code));
    }

    [Fact]
    [Trait("Doc", "ControlService, DeleteService, Win32")]
    public void A_service_that_others_depend_on_is_not_stopped_before_them_and_is_started_for_them()
    {
        using var lab = LabClient.Legacy("model-legacy.sys");
        var other = lab.Machine.Install(LabClient.Parse("r13-repaired.sys"), "r13-repaired.sys");
        lab.Machine.Scm.Find(other.Name)!.DependsOn.Add(lab.Service.Name);
        lab.Machine.StartService(other);
        Assert.Equal(ServiceState.Running, lab.Machine.QueryService(lab.Service));
        lab.Machine.StopService(lab.Service);
        Assert.Equal(Win32Error.DependentServicesRunning, lab.Machine.ServiceAnswer!.Error);
        Assert.Empty(lab.Trace.Of<UnloadRecord>());
        lab.Machine.StopService(other);
        lab.Machine.StopService(lab.Service);
        Assert.Equal((Win32Error.Success, ServiceState.Stopped), (lab.Machine.ServiceAnswer!.Error, lab.Machine.ServiceAnswer.State));

        lab.Machine.Scm.Find(other.Name)!.DependsOn.Add("nobody");
        lab.Machine.StartService(other);
        Assert.Equal(Win32Error.ServiceDependencyFailed, lab.Machine.ServiceAnswer!.Error);
    }

    [Fact]
    [Trait("Spec", "U-3.12")]
    [Trait("Spec", "R-35")]
    public void A_key_deleted_before_the_stop_leaves_the_driver_without_anybody_who_can_stop_it()
    {
        using var lab = LabClient.Legacy("model-legacy.sys");
        lab.Machine.StartService(lab.Service);
        lab.Machine.DeleteServiceKey(lab.Service);
        Assert.Equal(NtStatus.ObjectNameNotFound, lab.Machine.StopService(lab.Service));
        Assert.Equal(Win32Error.FileNotFound, lab.Machine.ServiceAnswer!.Error);
        Assert.Equal(ServiceState.Running, lab.Machine.QueryService(lab.Service));
        Assert.False(lab.Machine.IsDriverGone);
    }
}
