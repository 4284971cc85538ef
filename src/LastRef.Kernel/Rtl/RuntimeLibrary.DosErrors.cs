namespace LastRef.Kernel;

/// <summary>The error codes that Win32 programs see (U-3.38, U-5.35; ntstatus.h and winerror.h).</summary>
internal sealed partial class RuntimeLibrary
{
    private static readonly Dictionary<NtStatus, uint> _dosErrors = new()
    {
        [NtStatus.Success] = 0,
        [NtStatus.Pending] = 997,
        [NtStatus.InvalidDeviceRequest] = 1,
        [NtStatus.NotImplemented] = 1,
        [NtStatus.NoSuchFile] = 2,
        [NtStatus.ObjectNameNotFound] = 2,
        [NtStatus.ObjectPathNotFound] = 3,
        [NtStatus.AccessDenied] = 5,
        [NtStatus.DeletePending] = 5,
        [NtStatus.InvalidHandle] = 6,
        [NtStatus.NoMemory] = 8,
        [NtStatus.DeviceNotReady] = 21,
        [NtStatus.Unsuccessful] = 31,
        [NtStatus.SharingViolation] = 32,
        [NtStatus.EndOfFile] = 38,
        [NtStatus.NotSupported] = 50,
        [NtStatus.DeviceDoesNotExist] = 55,
        [NtStatus.InvalidParameter] = 87,
        [NtStatus.BufferTooSmall] = 122,
        [NtStatus.ObjectNameInvalid] = 123,
        [NtStatus.DllNotFound] = 126,
        [NtStatus.ProcedureNotFound] = 127,
        [NtStatus.EntrypointNotFound] = 127,
        [NtStatus.DeviceBusy] = 170,
        [NtStatus.ObjectNameCollision] = 183,
        [NtStatus.InvalidImageFormat] = 193,
        [NtStatus.BufferOverflow] = 234,
        [NtStatus.DriverFailedPriorUnload] = 654,
        [NtStatus.Cancelled] = 995,
        [NtStatus.ImageAlreadyLoaded] = 1056,
        [NtStatus.IoDeviceError] = 1117,
        [NtStatus.DeviceNotConnected] = 1167,
        [NtStatus.NotFound] = 1168,
        [NtStatus.PrivilegeNotHeld] = 1314,
        [NtStatus.InsufficientResources] = 1450,
    };

    [KernelExport("ntoskrnl.exe", Doc = "RtlNtStatusToDosError, WDK reference; ntstatus.h, winerror.h", Missing = "statuses outside of the table")]
    internal uint RtlNtStatusToDosError(NtStatus status) =>
        DosErrorOf(status) ?? throw MachineStopException.Unsupported(UnsupportedKind.Case, $"the Win32 error of {status}");

    /// <summary>The Win32 error of a status; null for one that is not in the table.</summary>
    public uint? DosErrorOf(NtStatus status) => status == NtStatus.NoSuchDevice ? NoSuchDeviceError
        : _dosErrors.TryGetValue(status, out var error) ? error : null;

    /// <summary>ERROR_NO_SUCH_DEVICE is known since Windows 8; before, it was ERROR_FILE_NOT_FOUND (winerror.h).</summary>
    private uint NoSuchDeviceError => _kernel.Build >= NtBuild.Windows10_1607 ? 433u : 2;

    [KernelExport("ntoskrnl.exe", Doc = "RtlNtStatusToDosErrorNoTeb, WDK reference", Missing = "statuses outside of the table")]
    internal uint RtlNtStatusToDosErrorNoTeb(NtStatus status) => RtlNtStatusToDosError(status);
}
