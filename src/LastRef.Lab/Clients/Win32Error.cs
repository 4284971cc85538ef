using System.Collections.Frozen;

namespace LastRef.Lab;

/// <summary>Win32 errors that a person meets when drivers are to go or do not start (spec 3.3, 9.4; values of winerror.h).</summary>
internal static class Win32Error
{
    public const int Success = 0;
    public const int FileNotFound = 2;
    public const int QueryRemoveDeviceTimeout = 480;
    public const int DependentServicesRunning = 1051;
    public const int InvalidServiceControl = 1052;
    public const int ServiceAlreadyRunning = 1056;
    public const int ServiceDisabled = 1058;
    public const int ServiceDoesNotExist = 1060;
    public const int ServiceCannotAcceptControl = 1061;
    public const int ServiceNotActive = 1062;
    public const int ServiceDependencyFailed = 1068;
    public const int ServiceMarkedForDelete = 1072;

    private static readonly FrozenDictionary<int, (string Name, string Meaning)> _errors = new Dictionary<int, (string, string)>
    {
        [Success] = ("NO_ERROR", "it worked"),
        [1] = ("ERROR_INVALID_FUNCTION", "the driver does not know the request"),
        [FileNotFound] = ("ERROR_FILE_NOT_FOUND", "what was named cannot be found"),
        [3] = ("ERROR_PATH_NOT_FOUND", "a folder of the path cannot be found"),
        [5] = ("ERROR_ACCESS_DENIED", "access is refused"),
        [6] = ("ERROR_INVALID_HANDLE", "the handle is not valid"),
        [8] = ("ERROR_NOT_ENOUGH_MEMORY", "there is not enough memory"),
        [21] = ("ERROR_NOT_READY", "the device is not ready"),
        [31] = ("ERROR_GEN_FAILURE", "a device attached to the system does not work"),
        [32] = ("ERROR_SHARING_VIOLATION", "somebody else is using the file"),
        [38] = ("ERROR_HANDLE_EOF", "the end of the file was reached"),
        [50] = ("ERROR_NOT_SUPPORTED", "the request is not supported"),
        [55] = ("ERROR_DEV_NOT_EXIST", "the device is no longer available"),
        [87] = ("ERROR_INVALID_PARAMETER", "a parameter is wrong"),
        [122] = ("ERROR_INSUFFICIENT_BUFFER", "the data area is too small"),
        [123] = ("ERROR_INVALID_NAME", "the name is not well formed"),
        [126] = ("ERROR_MOD_NOT_FOUND", "a module that the driver imports cannot be found"),
        [127] = ("ERROR_PROC_NOT_FOUND", "a routine that the driver imports cannot be found"),
        [170] = ("ERROR_BUSY", "the resource is in use"),
        [183] = ("ERROR_ALREADY_EXISTS", "something of that name exists already"),
        [193] = ("ERROR_BAD_EXE_FORMAT", "the file is no driver for this Windows"),
        [234] = ("ERROR_MORE_DATA", "there is more data"),
        [433] = ("ERROR_NO_SUCH_DEVICE", "there is no such device"),
        [QueryRemoveDeviceTimeout] = ("ERROR_PNP_QUERY_REMOVE_DEVICE_TIMEOUT", "an application did not answer in time whether the device may go"),
        [654] = ("ERROR_DRIVER_FAILED_PRIOR_UNLOAD", "an earlier instance of the driver is still in memory"),
        [995] = ("ERROR_OPERATION_ABORTED", "the request was cancelled"),
        [997] = ("ERROR_IO_PENDING", "the request is still under way"),
        [DependentServicesRunning] = ("ERROR_DEPENDENT_SERVICES_RUNNING", "services that depend on this one are running"),
        [InvalidServiceControl] = ("ERROR_INVALID_SERVICE_CONTROL", "the requested control is not valid for this service"),
        [ServiceAlreadyRunning] = ("ERROR_SERVICE_ALREADY_RUNNING", "an instance of the service runs already"),
        [ServiceDisabled] = ("ERROR_SERVICE_DISABLED", "the service cannot be started: it counts as disabled"),
        [ServiceDoesNotExist] = ("ERROR_SERVICE_DOES_NOT_EXIST", "there is no service of that name"),
        [ServiceCannotAcceptControl] = ("ERROR_SERVICE_CANNOT_ACCEPT_CTRL", "the service takes no controls in its present state"),
        [ServiceNotActive] = ("ERROR_SERVICE_NOT_ACTIVE", "the service has not been started"),
        [ServiceDependencyFailed] = ("ERROR_SERVICE_DEPENDENCY_FAIL", "a service that this one depends on did not start"),
        [ServiceMarkedForDelete] = ("ERROR_SERVICE_MARKED_FOR_DELETE", "the service is marked for deletion"),
        [1117] = ("ERROR_IO_DEVICE", "the device reported an error"),
        [1167] = ("ERROR_DEVICE_NOT_CONNECTED", "the device is not connected"),
        [1168] = ("ERROR_NOT_FOUND", "what was asked for was not found"),
        [1314] = ("ERROR_PRIVILEGE_NOT_HELD", "the caller lacks a privilege"),
        [1450] = ("ERROR_NO_SYSTEM_RESOURCES", "the system has not enough resources"),
        [3010] = ("ERROR_SUCCESS_REBOOT_REQUIRED", "done, but Windows must be restarted"),
    }.ToFrozenDictionary();

    /// <summary>The constant's name in the headers; null for a code that is not here.</summary>
    public static string? NameOf(int code) => _errors.TryGetValue(code, out var error) ? error.Name : null;

    /// <summary>What the code tells a person, in our words.</summary>
    public static string Meaning(int code) => _errors.TryGetValue(code, out var error) ? error.Meaning : "Windows has a text for it that LastRef does not know";
}
