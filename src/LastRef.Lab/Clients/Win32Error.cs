namespace LastRef.Lab;

/// <summary>Win32 errors that a person meets when drivers are to go (spec 3.3, 9.4; values of winerror.h).</summary>
internal static class Win32Error
{
    public const int Success = 0;
    public const int FileNotFound = 2;
    public const int AccessDenied = 5;
    public const int GeneralFailure = 31;
    public const int AlreadyExists = 183;
    public const int QueryRemoveDeviceTimeout = 480;
    public const int DriverFailedPriorUnload = 654;
    public const int DependentServicesRunning = 1051;
    public const int InvalidServiceControl = 1052;
    public const int ServiceAlreadyRunning = 1056;
    public const int ServiceDisabled = 1058;
    public const int ServiceDoesNotExist = 1060;
    public const int ServiceCannotAcceptControl = 1061;
    public const int ServiceNotActive = 1062;
    public const int ServiceDependencyFailed = 1068;
    public const int ServiceMarkedForDelete = 1072;
    public const int NoSystemResources = 1450;
    public const int SuccessRebootRequired = 3010;

    /// <summary>The constant's name in the headers; null for a code that is not here.</summary>
    public static string? NameOf(int code) => code switch
    {
        Success => "NO_ERROR",
        FileNotFound => "ERROR_FILE_NOT_FOUND",
        AccessDenied => "ERROR_ACCESS_DENIED",
        GeneralFailure => "ERROR_GEN_FAILURE",
        AlreadyExists => "ERROR_ALREADY_EXISTS",
        QueryRemoveDeviceTimeout => "ERROR_PNP_QUERY_REMOVE_DEVICE_TIMEOUT",
        DriverFailedPriorUnload => "ERROR_DRIVER_FAILED_PRIOR_UNLOAD",
        DependentServicesRunning => "ERROR_DEPENDENT_SERVICES_RUNNING",
        InvalidServiceControl => "ERROR_INVALID_SERVICE_CONTROL",
        ServiceAlreadyRunning => "ERROR_SERVICE_ALREADY_RUNNING",
        ServiceDisabled => "ERROR_SERVICE_DISABLED",
        ServiceDoesNotExist => "ERROR_SERVICE_DOES_NOT_EXIST",
        ServiceCannotAcceptControl => "ERROR_SERVICE_CANNOT_ACCEPT_CTRL",
        ServiceNotActive => "ERROR_SERVICE_NOT_ACTIVE",
        ServiceDependencyFailed => "ERROR_SERVICE_DEPENDENCY_FAIL",
        ServiceMarkedForDelete => "ERROR_SERVICE_MARKED_FOR_DELETE",
        NoSystemResources => "ERROR_NO_SYSTEM_RESOURCES",
        SuccessRebootRequired => "ERROR_SUCCESS_REBOOT_REQUIRED",
        _ => null,
    };

    /// <summary>What the code tells a person, in our words.</summary>
    public static string Meaning(int code) => code switch
    {
        Success => "it worked",
        FileNotFound => "what was named cannot be found",
        AccessDenied => "access is refused",
        GeneralFailure => "a device attached to the system does not work",
        AlreadyExists => "something of that name exists already",
        QueryRemoveDeviceTimeout => "an application did not answer in time whether the device may go",
        DriverFailedPriorUnload => "an earlier instance of the driver is still in memory",
        DependentServicesRunning => "services that depend on this one are running",
        InvalidServiceControl => "the requested control is not valid for this service",
        ServiceAlreadyRunning => "an instance of the service runs already",
        ServiceDisabled => "the service cannot be started: it counts as disabled",
        ServiceDoesNotExist => "there is no service of that name",
        ServiceCannotAcceptControl => "the service takes no controls in its present state",
        ServiceNotActive => "the service has not been started",
        ServiceDependencyFailed => "a service that this one depends on did not start",
        ServiceMarkedForDelete => "the service is marked for deletion",
        NoSystemResources => "the system has not enough resources",
        SuccessRebootRequired => "done, but Windows must be restarted",
        _ => "Windows has a text for it that LastRef does not know",
    };
}
