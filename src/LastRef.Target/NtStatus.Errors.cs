namespace LastRef;

// Errors up to C00000FF. Values and names: ntstatus.h.
public readonly partial record struct NtStatus
{
    public static NtStatus Unsuccessful => new(unchecked((int)0xC0000001));
    public static NtStatus NotImplemented => new(unchecked((int)0xC0000002));
    public static NtStatus InvalidInfoClass => new(unchecked((int)0xC0000003));
    public static NtStatus InfoLengthMismatch => new(unchecked((int)0xC0000004));
    public static NtStatus AccessViolation => new(unchecked((int)0xC0000005));
    public static NtStatus InPageError => new(unchecked((int)0xC0000006));
    public static NtStatus PagefileQuota => new(unchecked((int)0xC0000007));
    public static NtStatus InvalidHandle => new(unchecked((int)0xC0000008));
    public static NtStatus BadInitialStack => new(unchecked((int)0xC0000009));
    public static NtStatus BadInitialPc => new(unchecked((int)0xC000000A));
    public static NtStatus InvalidCid => new(unchecked((int)0xC000000B));
    public static NtStatus TimerNotCanceled => new(unchecked((int)0xC000000C));
    public static NtStatus InvalidParameter => new(unchecked((int)0xC000000D));
    public static NtStatus NoSuchDevice => new(unchecked((int)0xC000000E));
    public static NtStatus NoSuchFile => new(unchecked((int)0xC000000F));
    public static NtStatus InvalidDeviceRequest => new(unchecked((int)0xC0000010));
    public static NtStatus EndOfFile => new(unchecked((int)0xC0000011));
    public static NtStatus WrongVolume => new(unchecked((int)0xC0000012));
    public static NtStatus NoMediaInDevice => new(unchecked((int)0xC0000013));
    public static NtStatus UnrecognizedMedia => new(unchecked((int)0xC0000014));
    public static NtStatus NonexistentSector => new(unchecked((int)0xC0000015));
    public static NtStatus MoreProcessingRequired => new(unchecked((int)0xC0000016));
    public static NtStatus NoMemory => new(unchecked((int)0xC0000017));
    public static NtStatus ConflictingAddresses => new(unchecked((int)0xC0000018));
    public static NtStatus NotMappedView => new(unchecked((int)0xC0000019));
    public static NtStatus UnableToFreeVm => new(unchecked((int)0xC000001A));
    public static NtStatus UnableToDeleteSection => new(unchecked((int)0xC000001B));
    public static NtStatus InvalidSystemService => new(unchecked((int)0xC000001C));
    public static NtStatus IllegalInstruction => new(unchecked((int)0xC000001D));
    public static NtStatus InvalidLockSequence => new(unchecked((int)0xC000001E));
    public static NtStatus InvalidViewSize => new(unchecked((int)0xC000001F));
    public static NtStatus InvalidFileForSection => new(unchecked((int)0xC0000020));
    public static NtStatus AlreadyCommitted => new(unchecked((int)0xC0000021));
    public static NtStatus AccessDenied => new(unchecked((int)0xC0000022));
    public static NtStatus BufferTooSmall => new(unchecked((int)0xC0000023));
    public static NtStatus ObjectTypeMismatch => new(unchecked((int)0xC0000024));
    public static NtStatus NoncontinuableException => new(unchecked((int)0xC0000025));
    public static NtStatus InvalidDisposition => new(unchecked((int)0xC0000026));
    public static NtStatus Unwind => new(unchecked((int)0xC0000027));
    public static NtStatus BadStack => new(unchecked((int)0xC0000028));
    public static NtStatus InvalidUnwindTarget => new(unchecked((int)0xC0000029));
    public static NtStatus NotLocked => new(unchecked((int)0xC000002A));
    public static NtStatus ParityError => new(unchecked((int)0xC000002B));
    public static NtStatus UnableToDecommitVm => new(unchecked((int)0xC000002C));
    public static NtStatus NotCommitted => new(unchecked((int)0xC000002D));
    public static NtStatus InvalidPortAttributes => new(unchecked((int)0xC000002E));
    public static NtStatus PortMessageTooLong => new(unchecked((int)0xC000002F));
    public static NtStatus InvalidParameterMix => new(unchecked((int)0xC0000030));
    public static NtStatus InvalidQuotaLower => new(unchecked((int)0xC0000031));
    public static NtStatus DiskCorruptError => new(unchecked((int)0xC0000032));
    public static NtStatus ObjectNameInvalid => new(unchecked((int)0xC0000033));
    public static NtStatus ObjectNameNotFound => new(unchecked((int)0xC0000034));
    public static NtStatus ObjectNameCollision => new(unchecked((int)0xC0000035));
    public static NtStatus PortDisconnected => new(unchecked((int)0xC0000037));
    public static NtStatus DeviceAlreadyAttached => new(unchecked((int)0xC0000038));
    public static NtStatus ObjectPathInvalid => new(unchecked((int)0xC0000039));
    public static NtStatus ObjectPathNotFound => new(unchecked((int)0xC000003A));
    public static NtStatus ObjectPathSyntaxBad => new(unchecked((int)0xC000003B));
    public static NtStatus DataOverrun => new(unchecked((int)0xC000003C));
    public static NtStatus DataLateError => new(unchecked((int)0xC000003D));
    public static NtStatus DataError => new(unchecked((int)0xC000003E));
    public static NtStatus CrcError => new(unchecked((int)0xC000003F));
    public static NtStatus SectionTooBig => new(unchecked((int)0xC0000040));
    public static NtStatus PortConnectionRefused => new(unchecked((int)0xC0000041));
    public static NtStatus InvalidPortHandle => new(unchecked((int)0xC0000042));
    public static NtStatus SharingViolation => new(unchecked((int)0xC0000043));
    public static NtStatus QuotaExceeded => new(unchecked((int)0xC0000044));
    public static NtStatus InvalidPageProtection => new(unchecked((int)0xC0000045));
    public static NtStatus MutantNotOwned => new(unchecked((int)0xC0000046));
    public static NtStatus SemaphoreLimitExceeded => new(unchecked((int)0xC0000047));
    public static NtStatus PortAlreadySet => new(unchecked((int)0xC0000048));
    public static NtStatus SectionNotImage => new(unchecked((int)0xC0000049));
    public static NtStatus SuspendCountExceeded => new(unchecked((int)0xC000004A));
    public static NtStatus ThreadIsTerminating => new(unchecked((int)0xC000004B));
    public static NtStatus BadWorkingSetLimit => new(unchecked((int)0xC000004C));
    public static NtStatus IncompatibleFileMap => new(unchecked((int)0xC000004D));
    public static NtStatus SectionProtection => new(unchecked((int)0xC000004E));
    public static NtStatus EasNotSupported => new(unchecked((int)0xC000004F));
    public static NtStatus EaTooLarge => new(unchecked((int)0xC0000050));
    public static NtStatus NonexistentEaEntry => new(unchecked((int)0xC0000051));
    public static NtStatus NoEasOnFile => new(unchecked((int)0xC0000052));
    public static NtStatus EaCorruptError => new(unchecked((int)0xC0000053));
    public static NtStatus FileLockConflict => new(unchecked((int)0xC0000054));
    public static NtStatus LockNotGranted => new(unchecked((int)0xC0000055));
    public static NtStatus DeletePending => new(unchecked((int)0xC0000056));
    public static NtStatus CtlFileNotSupported => new(unchecked((int)0xC0000057));
    public static NtStatus UnknownRevision => new(unchecked((int)0xC0000058));
    public static NtStatus RevisionMismatch => new(unchecked((int)0xC0000059));
    public static NtStatus InvalidOwner => new(unchecked((int)0xC000005A));
    public static NtStatus InvalidPrimaryGroup => new(unchecked((int)0xC000005B));
    public static NtStatus NoImpersonationToken => new(unchecked((int)0xC000005C));
    public static NtStatus CantDisableMandatory => new(unchecked((int)0xC000005D));
    public static NtStatus NoSuchLogonSession => new(unchecked((int)0xC000005F));
    public static NtStatus NoSuchPrivilege => new(unchecked((int)0xC0000060));
    public static NtStatus PrivilegeNotHeld => new(unchecked((int)0xC0000061));
    public static NtStatus InvalidAccountName => new(unchecked((int)0xC0000062));
    public static NtStatus UserExists => new(unchecked((int)0xC0000063));
    public static NtStatus NoSuchUser => new(unchecked((int)0xC0000064));
    public static NtStatus GroupExists => new(unchecked((int)0xC0000065));
    public static NtStatus NoSuchGroup => new(unchecked((int)0xC0000066));
    public static NtStatus MemberInGroup => new(unchecked((int)0xC0000067));
    public static NtStatus MemberNotInGroup => new(unchecked((int)0xC0000068));
    public static NtStatus LastAdmin => new(unchecked((int)0xC0000069));
    public static NtStatus WrongPassword => new(unchecked((int)0xC000006A));
    public static NtStatus IllFormedPassword => new(unchecked((int)0xC000006B));
    public static NtStatus PasswordRestriction => new(unchecked((int)0xC000006C));
    public static NtStatus LogonFailure => new(unchecked((int)0xC000006D));
    public static NtStatus AccountRestriction => new(unchecked((int)0xC000006E));
    public static NtStatus InvalidLogonHours => new(unchecked((int)0xC000006F));
    public static NtStatus InvalidWorkstation => new(unchecked((int)0xC0000070));
    public static NtStatus PasswordExpired => new(unchecked((int)0xC0000071));
    public static NtStatus AccountDisabled => new(unchecked((int)0xC0000072));
    public static NtStatus NoneMapped => new(unchecked((int)0xC0000073));
    public static NtStatus InvalidSubAuthority => new(unchecked((int)0xC0000076));
    public static NtStatus InvalidAcl => new(unchecked((int)0xC0000077));
    public static NtStatus InvalidSid => new(unchecked((int)0xC0000078));
    public static NtStatus InvalidSecurityDescr => new(unchecked((int)0xC0000079));
    public static NtStatus ProcedureNotFound => new(unchecked((int)0xC000007A));
    public static NtStatus InvalidImageFormat => new(unchecked((int)0xC000007B));
    public static NtStatus NoToken => new(unchecked((int)0xC000007C));
    public static NtStatus BadInheritanceAcl => new(unchecked((int)0xC000007D));
    public static NtStatus RangeNotLocked => new(unchecked((int)0xC000007E));
    public static NtStatus DiskFull => new(unchecked((int)0xC000007F));
    public static NtStatus ServerDisabled => new(unchecked((int)0xC0000080));
    public static NtStatus ServerNotDisabled => new(unchecked((int)0xC0000081));
    public static NtStatus InvalidIdAuthority => new(unchecked((int)0xC0000084));
    public static NtStatus AgentsExhausted => new(unchecked((int)0xC0000085));
    public static NtStatus InvalidVolumeLabel => new(unchecked((int)0xC0000086));
    public static NtStatus SectionNotExtended => new(unchecked((int)0xC0000087));
    public static NtStatus NotMappedData => new(unchecked((int)0xC0000088));
    public static NtStatus ResourceDataNotFound => new(unchecked((int)0xC0000089));
    public static NtStatus ResourceTypeNotFound => new(unchecked((int)0xC000008A));
    public static NtStatus ResourceNameNotFound => new(unchecked((int)0xC000008B));
    public static NtStatus FloatDenormalOperand => new(unchecked((int)0xC000008D));
    public static NtStatus FloatDivideByZero => new(unchecked((int)0xC000008E));
    public static NtStatus FloatInexactResult => new(unchecked((int)0xC000008F));
    public static NtStatus FloatInvalidOperation => new(unchecked((int)0xC0000090));
    public static NtStatus FloatOverflow => new(unchecked((int)0xC0000091));
    public static NtStatus FloatStackCheck => new(unchecked((int)0xC0000092));
    public static NtStatus FloatUnderflow => new(unchecked((int)0xC0000093));
    public static NtStatus IntegerDivideByZero => new(unchecked((int)0xC0000094));
    public static NtStatus IntegerOverflow => new(unchecked((int)0xC0000095));
    public static NtStatus PrivilegedInstruction => new(unchecked((int)0xC0000096));
    public static NtStatus TooManyPagingFiles => new(unchecked((int)0xC0000097));
    public static NtStatus FileInvalid => new(unchecked((int)0xC0000098));
    public static NtStatus AllottedSpaceExceeded => new(unchecked((int)0xC0000099));
    public static NtStatus InsufficientResources => new(unchecked((int)0xC000009A));
    public static NtStatus DfsExitPathFound => new(unchecked((int)0xC000009B));
    public static NtStatus DeviceDataError => new(unchecked((int)0xC000009C));
    public static NtStatus DeviceNotConnected => new(unchecked((int)0xC000009D));
    public static NtStatus DevicePowerFailure => new(unchecked((int)0xC000009E));
    public static NtStatus FreeVmNotAtBase => new(unchecked((int)0xC000009F));
    public static NtStatus MemoryNotAllocated => new(unchecked((int)0xC00000A0));
    public static NtStatus WorkingSetQuota => new(unchecked((int)0xC00000A1));
    public static NtStatus MediaWriteProtected => new(unchecked((int)0xC00000A2));
    public static NtStatus DeviceNotReady => new(unchecked((int)0xC00000A3));
    public static NtStatus InvalidGroupAttributes => new(unchecked((int)0xC00000A4));
    public static NtStatus BadImpersonationLevel => new(unchecked((int)0xC00000A5));
    public static NtStatus CantOpenAnonymous => new(unchecked((int)0xC00000A6));
    public static NtStatus BadValidationClass => new(unchecked((int)0xC00000A7));
    public static NtStatus BadTokenType => new(unchecked((int)0xC00000A8));
    public static NtStatus BadMasterBootRecord => new(unchecked((int)0xC00000A9));
    public static NtStatus InstructionMisalignment => new(unchecked((int)0xC00000AA));
    public static NtStatus InstanceNotAvailable => new(unchecked((int)0xC00000AB));
    public static NtStatus PipeNotAvailable => new(unchecked((int)0xC00000AC));
    public static NtStatus InvalidPipeState => new(unchecked((int)0xC00000AD));
    public static NtStatus PipeBusy => new(unchecked((int)0xC00000AE));
    public static NtStatus IllegalFunction => new(unchecked((int)0xC00000AF));
    public static NtStatus PipeDisconnected => new(unchecked((int)0xC00000B0));
    public static NtStatus PipeClosing => new(unchecked((int)0xC00000B1));
    public static NtStatus PipeConnected => new(unchecked((int)0xC00000B2));
    public static NtStatus PipeListening => new(unchecked((int)0xC00000B3));
    public static NtStatus InvalidReadMode => new(unchecked((int)0xC00000B4));
    public static NtStatus IoTimeout => new(unchecked((int)0xC00000B5));
    public static NtStatus FileForcedClosed => new(unchecked((int)0xC00000B6));
    public static NtStatus ProfilingNotStarted => new(unchecked((int)0xC00000B7));
    public static NtStatus ProfilingNotStopped => new(unchecked((int)0xC00000B8));
    public static NtStatus CouldNotInterpret => new(unchecked((int)0xC00000B9));
    public static NtStatus FileIsADirectory => new(unchecked((int)0xC00000BA));
    public static NtStatus NotSupported => new(unchecked((int)0xC00000BB));
    public static NtStatus RemoteNotListening => new(unchecked((int)0xC00000BC));
    public static NtStatus DuplicateName => new(unchecked((int)0xC00000BD));
    public static NtStatus BadNetworkPath => new(unchecked((int)0xC00000BE));
    public static NtStatus NetworkBusy => new(unchecked((int)0xC00000BF));
    public static NtStatus DeviceDoesNotExist => new(unchecked((int)0xC00000C0));
    public static NtStatus TooManyCommands => new(unchecked((int)0xC00000C1));
    public static NtStatus AdapterHardwareError => new(unchecked((int)0xC00000C2));
    public static NtStatus InvalidNetworkResponse => new(unchecked((int)0xC00000C3));
    public static NtStatus UnexpectedNetworkError => new(unchecked((int)0xC00000C4));
    public static NtStatus BadRemoteAdapter => new(unchecked((int)0xC00000C5));
    public static NtStatus PrintQueueFull => new(unchecked((int)0xC00000C6));
    public static NtStatus NoSpoolSpace => new(unchecked((int)0xC00000C7));
    public static NtStatus PrintCancelled => new(unchecked((int)0xC00000C8));
    public static NtStatus NetworkNameDeleted => new(unchecked((int)0xC00000C9));
    public static NtStatus NetworkAccessDenied => new(unchecked((int)0xC00000CA));
    public static NtStatus BadDeviceType => new(unchecked((int)0xC00000CB));
    public static NtStatus BadNetworkName => new(unchecked((int)0xC00000CC));
    public static NtStatus TooManyNames => new(unchecked((int)0xC00000CD));
    public static NtStatus TooManySessions => new(unchecked((int)0xC00000CE));
    public static NtStatus SharingPaused => new(unchecked((int)0xC00000CF));
    public static NtStatus RequestNotAccepted => new(unchecked((int)0xC00000D0));
    public static NtStatus RedirectorPaused => new(unchecked((int)0xC00000D1));
    public static NtStatus NetWriteFault => new(unchecked((int)0xC00000D2));
    public static NtStatus ProfilingAtLimit => new(unchecked((int)0xC00000D3));
    public static NtStatus NotSameDevice => new(unchecked((int)0xC00000D4));
    public static NtStatus FileRenamed => new(unchecked((int)0xC00000D5));
    public static NtStatus VirtualCircuitClosed => new(unchecked((int)0xC00000D6));
    public static NtStatus NoSecurityOnObject => new(unchecked((int)0xC00000D7));
    public static NtStatus CantWait => new(unchecked((int)0xC00000D8));
    public static NtStatus PipeEmpty => new(unchecked((int)0xC00000D9));
    public static NtStatus CantAccessDomainInfo => new(unchecked((int)0xC00000DA));
    public static NtStatus CantTerminateSelf => new(unchecked((int)0xC00000DB));
    public static NtStatus InvalidServerState => new(unchecked((int)0xC00000DC));
    public static NtStatus InvalidDomainState => new(unchecked((int)0xC00000DD));
    public static NtStatus InvalidDomainRole => new(unchecked((int)0xC00000DE));
    public static NtStatus NoSuchDomain => new(unchecked((int)0xC00000DF));
    public static NtStatus DomainExists => new(unchecked((int)0xC00000E0));
    public static NtStatus DomainLimitExceeded => new(unchecked((int)0xC00000E1));
    public static NtStatus OplockNotGranted => new(unchecked((int)0xC00000E2));
    public static NtStatus InvalidOplockProtocol => new(unchecked((int)0xC00000E3));
    public static NtStatus InternalDbCorruption => new(unchecked((int)0xC00000E4));
    public static NtStatus InternalError => new(unchecked((int)0xC00000E5));
    public static NtStatus GenericNotMapped => new(unchecked((int)0xC00000E6));
    public static NtStatus BadDescriptorFormat => new(unchecked((int)0xC00000E7));
    public static NtStatus InvalidUserBuffer => new(unchecked((int)0xC00000E8));
    public static NtStatus UnexpectedIoError => new(unchecked((int)0xC00000E9));
    public static NtStatus UnexpectedMmCreateErr => new(unchecked((int)0xC00000EA));
    public static NtStatus UnexpectedMmMapError => new(unchecked((int)0xC00000EB));
    public static NtStatus UnexpectedMmExtendErr => new(unchecked((int)0xC00000EC));
    public static NtStatus NotLogonProcess => new(unchecked((int)0xC00000ED));
    public static NtStatus LogonSessionExists => new(unchecked((int)0xC00000EE));
    public static NtStatus InvalidParameter1 => new(unchecked((int)0xC00000EF));
    public static NtStatus InvalidParameter2 => new(unchecked((int)0xC00000F0));
    public static NtStatus InvalidParameter3 => new(unchecked((int)0xC00000F1));
    public static NtStatus InvalidParameter4 => new(unchecked((int)0xC00000F2));
    public static NtStatus InvalidParameter5 => new(unchecked((int)0xC00000F3));
    public static NtStatus InvalidParameter6 => new(unchecked((int)0xC00000F4));
    public static NtStatus InvalidParameter7 => new(unchecked((int)0xC00000F5));
    public static NtStatus InvalidParameter8 => new(unchecked((int)0xC00000F6));
    public static NtStatus InvalidParameter9 => new(unchecked((int)0xC00000F7));
    public static NtStatus InvalidParameter10 => new(unchecked((int)0xC00000F8));
    public static NtStatus InvalidParameter11 => new(unchecked((int)0xC00000F9));
    public static NtStatus InvalidParameter12 => new(unchecked((int)0xC00000FA));
    public static NtStatus RedirectorNotStarted => new(unchecked((int)0xC00000FB));
    public static NtStatus RedirectorStarted => new(unchecked((int)0xC00000FC));
    public static NtStatus StackOverflow => new(unchecked((int)0xC00000FD));
    public static NtStatus NoSuchPackage => new(unchecked((int)0xC00000FE));
    public static NtStatus BadFunctionTable => new(unchecked((int)0xC00000FF));

    private static readonly (int Value, string Name)[] s_namesErrors =
    [
        (unchecked((int)0xC0000001), "STATUS_UNSUCCESSFUL"),
        (unchecked((int)0xC0000002), "STATUS_NOT_IMPLEMENTED"),
        (unchecked((int)0xC0000003), "STATUS_INVALID_INFO_CLASS"),
        (unchecked((int)0xC0000004), "STATUS_INFO_LENGTH_MISMATCH"),
        (unchecked((int)0xC0000005), "STATUS_ACCESS_VIOLATION"),
        (unchecked((int)0xC0000006), "STATUS_IN_PAGE_ERROR"),
        (unchecked((int)0xC0000007), "STATUS_PAGEFILE_QUOTA"),
        (unchecked((int)0xC0000008), "STATUS_INVALID_HANDLE"),
        (unchecked((int)0xC0000009), "STATUS_BAD_INITIAL_STACK"),
        (unchecked((int)0xC000000A), "STATUS_BAD_INITIAL_PC"),
        (unchecked((int)0xC000000B), "STATUS_INVALID_CID"),
        (unchecked((int)0xC000000C), "STATUS_TIMER_NOT_CANCELED"),
        (unchecked((int)0xC000000D), "STATUS_INVALID_PARAMETER"),
        (unchecked((int)0xC000000E), "STATUS_NO_SUCH_DEVICE"),
        (unchecked((int)0xC000000F), "STATUS_NO_SUCH_FILE"),
        (unchecked((int)0xC0000010), "STATUS_INVALID_DEVICE_REQUEST"),
        (unchecked((int)0xC0000011), "STATUS_END_OF_FILE"),
        (unchecked((int)0xC0000012), "STATUS_WRONG_VOLUME"),
        (unchecked((int)0xC0000013), "STATUS_NO_MEDIA_IN_DEVICE"),
        (unchecked((int)0xC0000014), "STATUS_UNRECOGNIZED_MEDIA"),
        (unchecked((int)0xC0000015), "STATUS_NONEXISTENT_SECTOR"),
        (unchecked((int)0xC0000016), "STATUS_MORE_PROCESSING_REQUIRED"),
        (unchecked((int)0xC0000017), "STATUS_NO_MEMORY"),
        (unchecked((int)0xC0000018), "STATUS_CONFLICTING_ADDRESSES"),
        (unchecked((int)0xC0000019), "STATUS_NOT_MAPPED_VIEW"),
        (unchecked((int)0xC000001A), "STATUS_UNABLE_TO_FREE_VM"),
        (unchecked((int)0xC000001B), "STATUS_UNABLE_TO_DELETE_SECTION"),
        (unchecked((int)0xC000001C), "STATUS_INVALID_SYSTEM_SERVICE"),
        (unchecked((int)0xC000001D), "STATUS_ILLEGAL_INSTRUCTION"),
        (unchecked((int)0xC000001E), "STATUS_INVALID_LOCK_SEQUENCE"),
        (unchecked((int)0xC000001F), "STATUS_INVALID_VIEW_SIZE"),
        (unchecked((int)0xC0000020), "STATUS_INVALID_FILE_FOR_SECTION"),
        (unchecked((int)0xC0000021), "STATUS_ALREADY_COMMITTED"),
        (unchecked((int)0xC0000022), "STATUS_ACCESS_DENIED"),
        (unchecked((int)0xC0000023), "STATUS_BUFFER_TOO_SMALL"),
        (unchecked((int)0xC0000024), "STATUS_OBJECT_TYPE_MISMATCH"),
        (unchecked((int)0xC0000025), "STATUS_NONCONTINUABLE_EXCEPTION"),
        (unchecked((int)0xC0000026), "STATUS_INVALID_DISPOSITION"),
        (unchecked((int)0xC0000027), "STATUS_UNWIND"),
        (unchecked((int)0xC0000028), "STATUS_BAD_STACK"),
        (unchecked((int)0xC0000029), "STATUS_INVALID_UNWIND_TARGET"),
        (unchecked((int)0xC000002A), "STATUS_NOT_LOCKED"),
        (unchecked((int)0xC000002B), "STATUS_PARITY_ERROR"),
        (unchecked((int)0xC000002C), "STATUS_UNABLE_TO_DECOMMIT_VM"),
        (unchecked((int)0xC000002D), "STATUS_NOT_COMMITTED"),
        (unchecked((int)0xC000002E), "STATUS_INVALID_PORT_ATTRIBUTES"),
        (unchecked((int)0xC000002F), "STATUS_PORT_MESSAGE_TOO_LONG"),
        (unchecked((int)0xC0000030), "STATUS_INVALID_PARAMETER_MIX"),
        (unchecked((int)0xC0000031), "STATUS_INVALID_QUOTA_LOWER"),
        (unchecked((int)0xC0000032), "STATUS_DISK_CORRUPT_ERROR"),
        (unchecked((int)0xC0000033), "STATUS_OBJECT_NAME_INVALID"),
        (unchecked((int)0xC0000034), "STATUS_OBJECT_NAME_NOT_FOUND"),
        (unchecked((int)0xC0000035), "STATUS_OBJECT_NAME_COLLISION"),
        (unchecked((int)0xC0000037), "STATUS_PORT_DISCONNECTED"),
        (unchecked((int)0xC0000038), "STATUS_DEVICE_ALREADY_ATTACHED"),
        (unchecked((int)0xC0000039), "STATUS_OBJECT_PATH_INVALID"),
        (unchecked((int)0xC000003A), "STATUS_OBJECT_PATH_NOT_FOUND"),
        (unchecked((int)0xC000003B), "STATUS_OBJECT_PATH_SYNTAX_BAD"),
        (unchecked((int)0xC000003C), "STATUS_DATA_OVERRUN"),
        (unchecked((int)0xC000003D), "STATUS_DATA_LATE_ERROR"),
        (unchecked((int)0xC000003E), "STATUS_DATA_ERROR"),
        (unchecked((int)0xC000003F), "STATUS_CRC_ERROR"),
        (unchecked((int)0xC0000040), "STATUS_SECTION_TOO_BIG"),
        (unchecked((int)0xC0000041), "STATUS_PORT_CONNECTION_REFUSED"),
        (unchecked((int)0xC0000042), "STATUS_INVALID_PORT_HANDLE"),
        (unchecked((int)0xC0000043), "STATUS_SHARING_VIOLATION"),
        (unchecked((int)0xC0000044), "STATUS_QUOTA_EXCEEDED"),
        (unchecked((int)0xC0000045), "STATUS_INVALID_PAGE_PROTECTION"),
        (unchecked((int)0xC0000046), "STATUS_MUTANT_NOT_OWNED"),
        (unchecked((int)0xC0000047), "STATUS_SEMAPHORE_LIMIT_EXCEEDED"),
        (unchecked((int)0xC0000048), "STATUS_PORT_ALREADY_SET"),
        (unchecked((int)0xC0000049), "STATUS_SECTION_NOT_IMAGE"),
        (unchecked((int)0xC000004A), "STATUS_SUSPEND_COUNT_EXCEEDED"),
        (unchecked((int)0xC000004B), "STATUS_THREAD_IS_TERMINATING"),
        (unchecked((int)0xC000004C), "STATUS_BAD_WORKING_SET_LIMIT"),
        (unchecked((int)0xC000004D), "STATUS_INCOMPATIBLE_FILE_MAP"),
        (unchecked((int)0xC000004E), "STATUS_SECTION_PROTECTION"),
        (unchecked((int)0xC000004F), "STATUS_EAS_NOT_SUPPORTED"),
        (unchecked((int)0xC0000050), "STATUS_EA_TOO_LARGE"),
        (unchecked((int)0xC0000051), "STATUS_NONEXISTENT_EA_ENTRY"),
        (unchecked((int)0xC0000052), "STATUS_NO_EAS_ON_FILE"),
        (unchecked((int)0xC0000053), "STATUS_EA_CORRUPT_ERROR"),
        (unchecked((int)0xC0000054), "STATUS_FILE_LOCK_CONFLICT"),
        (unchecked((int)0xC0000055), "STATUS_LOCK_NOT_GRANTED"),
        (unchecked((int)0xC0000056), "STATUS_DELETE_PENDING"),
        (unchecked((int)0xC0000057), "STATUS_CTL_FILE_NOT_SUPPORTED"),
        (unchecked((int)0xC0000058), "STATUS_UNKNOWN_REVISION"),
        (unchecked((int)0xC0000059), "STATUS_REVISION_MISMATCH"),
        (unchecked((int)0xC000005A), "STATUS_INVALID_OWNER"),
        (unchecked((int)0xC000005B), "STATUS_INVALID_PRIMARY_GROUP"),
        (unchecked((int)0xC000005C), "STATUS_NO_IMPERSONATION_TOKEN"),
        (unchecked((int)0xC000005D), "STATUS_CANT_DISABLE_MANDATORY"),
        (unchecked((int)0xC000005F), "STATUS_NO_SUCH_LOGON_SESSION"),
        (unchecked((int)0xC0000060), "STATUS_NO_SUCH_PRIVILEGE"),
        (unchecked((int)0xC0000061), "STATUS_PRIVILEGE_NOT_HELD"),
        (unchecked((int)0xC0000062), "STATUS_INVALID_ACCOUNT_NAME"),
        (unchecked((int)0xC0000063), "STATUS_USER_EXISTS"),
        (unchecked((int)0xC0000064), "STATUS_NO_SUCH_USER"),
        (unchecked((int)0xC0000065), "STATUS_GROUP_EXISTS"),
        (unchecked((int)0xC0000066), "STATUS_NO_SUCH_GROUP"),
        (unchecked((int)0xC0000067), "STATUS_MEMBER_IN_GROUP"),
        (unchecked((int)0xC0000068), "STATUS_MEMBER_NOT_IN_GROUP"),
        (unchecked((int)0xC0000069), "STATUS_LAST_ADMIN"),
        (unchecked((int)0xC000006A), "STATUS_WRONG_PASSWORD"),
        (unchecked((int)0xC000006B), "STATUS_ILL_FORMED_PASSWORD"),
        (unchecked((int)0xC000006C), "STATUS_PASSWORD_RESTRICTION"),
        (unchecked((int)0xC000006D), "STATUS_LOGON_FAILURE"),
        (unchecked((int)0xC000006E), "STATUS_ACCOUNT_RESTRICTION"),
        (unchecked((int)0xC000006F), "STATUS_INVALID_LOGON_HOURS"),
        (unchecked((int)0xC0000070), "STATUS_INVALID_WORKSTATION"),
        (unchecked((int)0xC0000071), "STATUS_PASSWORD_EXPIRED"),
        (unchecked((int)0xC0000072), "STATUS_ACCOUNT_DISABLED"),
        (unchecked((int)0xC0000073), "STATUS_NONE_MAPPED"),
        (unchecked((int)0xC0000076), "STATUS_INVALID_SUB_AUTHORITY"),
        (unchecked((int)0xC0000077), "STATUS_INVALID_ACL"),
        (unchecked((int)0xC0000078), "STATUS_INVALID_SID"),
        (unchecked((int)0xC0000079), "STATUS_INVALID_SECURITY_DESCR"),
        (unchecked((int)0xC000007A), "STATUS_PROCEDURE_NOT_FOUND"),
        (unchecked((int)0xC000007B), "STATUS_INVALID_IMAGE_FORMAT"),
        (unchecked((int)0xC000007C), "STATUS_NO_TOKEN"),
        (unchecked((int)0xC000007D), "STATUS_BAD_INHERITANCE_ACL"),
        (unchecked((int)0xC000007E), "STATUS_RANGE_NOT_LOCKED"),
        (unchecked((int)0xC000007F), "STATUS_DISK_FULL"),
        (unchecked((int)0xC0000080), "STATUS_SERVER_DISABLED"),
        (unchecked((int)0xC0000081), "STATUS_SERVER_NOT_DISABLED"),
        (unchecked((int)0xC0000084), "STATUS_INVALID_ID_AUTHORITY"),
        (unchecked((int)0xC0000085), "STATUS_AGENTS_EXHAUSTED"),
        (unchecked((int)0xC0000086), "STATUS_INVALID_VOLUME_LABEL"),
        (unchecked((int)0xC0000087), "STATUS_SECTION_NOT_EXTENDED"),
        (unchecked((int)0xC0000088), "STATUS_NOT_MAPPED_DATA"),
        (unchecked((int)0xC0000089), "STATUS_RESOURCE_DATA_NOT_FOUND"),
        (unchecked((int)0xC000008A), "STATUS_RESOURCE_TYPE_NOT_FOUND"),
        (unchecked((int)0xC000008B), "STATUS_RESOURCE_NAME_NOT_FOUND"),
        (unchecked((int)0xC000008D), "STATUS_FLOAT_DENORMAL_OPERAND"),
        (unchecked((int)0xC000008E), "STATUS_FLOAT_DIVIDE_BY_ZERO"),
        (unchecked((int)0xC000008F), "STATUS_FLOAT_INEXACT_RESULT"),
        (unchecked((int)0xC0000090), "STATUS_FLOAT_INVALID_OPERATION"),
        (unchecked((int)0xC0000091), "STATUS_FLOAT_OVERFLOW"),
        (unchecked((int)0xC0000092), "STATUS_FLOAT_STACK_CHECK"),
        (unchecked((int)0xC0000093), "STATUS_FLOAT_UNDERFLOW"),
        (unchecked((int)0xC0000094), "STATUS_INTEGER_DIVIDE_BY_ZERO"),
        (unchecked((int)0xC0000095), "STATUS_INTEGER_OVERFLOW"),
        (unchecked((int)0xC0000096), "STATUS_PRIVILEGED_INSTRUCTION"),
        (unchecked((int)0xC0000097), "STATUS_TOO_MANY_PAGING_FILES"),
        (unchecked((int)0xC0000098), "STATUS_FILE_INVALID"),
        (unchecked((int)0xC0000099), "STATUS_ALLOTTED_SPACE_EXCEEDED"),
        (unchecked((int)0xC000009A), "STATUS_INSUFFICIENT_RESOURCES"),
        (unchecked((int)0xC000009B), "STATUS_DFS_EXIT_PATH_FOUND"),
        (unchecked((int)0xC000009C), "STATUS_DEVICE_DATA_ERROR"),
        (unchecked((int)0xC000009D), "STATUS_DEVICE_NOT_CONNECTED"),
        (unchecked((int)0xC000009E), "STATUS_DEVICE_POWER_FAILURE"),
        (unchecked((int)0xC000009F), "STATUS_FREE_VM_NOT_AT_BASE"),
        (unchecked((int)0xC00000A0), "STATUS_MEMORY_NOT_ALLOCATED"),
        (unchecked((int)0xC00000A1), "STATUS_WORKING_SET_QUOTA"),
        (unchecked((int)0xC00000A2), "STATUS_MEDIA_WRITE_PROTECTED"),
        (unchecked((int)0xC00000A3), "STATUS_DEVICE_NOT_READY"),
        (unchecked((int)0xC00000A4), "STATUS_INVALID_GROUP_ATTRIBUTES"),
        (unchecked((int)0xC00000A5), "STATUS_BAD_IMPERSONATION_LEVEL"),
        (unchecked((int)0xC00000A6), "STATUS_CANT_OPEN_ANONYMOUS"),
        (unchecked((int)0xC00000A7), "STATUS_BAD_VALIDATION_CLASS"),
        (unchecked((int)0xC00000A8), "STATUS_BAD_TOKEN_TYPE"),
        (unchecked((int)0xC00000A9), "STATUS_BAD_MASTER_BOOT_RECORD"),
        (unchecked((int)0xC00000AA), "STATUS_INSTRUCTION_MISALIGNMENT"),
        (unchecked((int)0xC00000AB), "STATUS_INSTANCE_NOT_AVAILABLE"),
        (unchecked((int)0xC00000AC), "STATUS_PIPE_NOT_AVAILABLE"),
        (unchecked((int)0xC00000AD), "STATUS_INVALID_PIPE_STATE"),
        (unchecked((int)0xC00000AE), "STATUS_PIPE_BUSY"),
        (unchecked((int)0xC00000AF), "STATUS_ILLEGAL_FUNCTION"),
        (unchecked((int)0xC00000B0), "STATUS_PIPE_DISCONNECTED"),
        (unchecked((int)0xC00000B1), "STATUS_PIPE_CLOSING"),
        (unchecked((int)0xC00000B2), "STATUS_PIPE_CONNECTED"),
        (unchecked((int)0xC00000B3), "STATUS_PIPE_LISTENING"),
        (unchecked((int)0xC00000B4), "STATUS_INVALID_READ_MODE"),
        (unchecked((int)0xC00000B5), "STATUS_IO_TIMEOUT"),
        (unchecked((int)0xC00000B6), "STATUS_FILE_FORCED_CLOSED"),
        (unchecked((int)0xC00000B7), "STATUS_PROFILING_NOT_STARTED"),
        (unchecked((int)0xC00000B8), "STATUS_PROFILING_NOT_STOPPED"),
        (unchecked((int)0xC00000B9), "STATUS_COULD_NOT_INTERPRET"),
        (unchecked((int)0xC00000BA), "STATUS_FILE_IS_A_DIRECTORY"),
        (unchecked((int)0xC00000BB), "STATUS_NOT_SUPPORTED"),
        (unchecked((int)0xC00000BC), "STATUS_REMOTE_NOT_LISTENING"),
        (unchecked((int)0xC00000BD), "STATUS_DUPLICATE_NAME"),
        (unchecked((int)0xC00000BE), "STATUS_BAD_NETWORK_PATH"),
        (unchecked((int)0xC00000BF), "STATUS_NETWORK_BUSY"),
        (unchecked((int)0xC00000C0), "STATUS_DEVICE_DOES_NOT_EXIST"),
        (unchecked((int)0xC00000C1), "STATUS_TOO_MANY_COMMANDS"),
        (unchecked((int)0xC00000C2), "STATUS_ADAPTER_HARDWARE_ERROR"),
        (unchecked((int)0xC00000C3), "STATUS_INVALID_NETWORK_RESPONSE"),
        (unchecked((int)0xC00000C4), "STATUS_UNEXPECTED_NETWORK_ERROR"),
        (unchecked((int)0xC00000C5), "STATUS_BAD_REMOTE_ADAPTER"),
        (unchecked((int)0xC00000C6), "STATUS_PRINT_QUEUE_FULL"),
        (unchecked((int)0xC00000C7), "STATUS_NO_SPOOL_SPACE"),
        (unchecked((int)0xC00000C8), "STATUS_PRINT_CANCELLED"),
        (unchecked((int)0xC00000C9), "STATUS_NETWORK_NAME_DELETED"),
        (unchecked((int)0xC00000CA), "STATUS_NETWORK_ACCESS_DENIED"),
        (unchecked((int)0xC00000CB), "STATUS_BAD_DEVICE_TYPE"),
        (unchecked((int)0xC00000CC), "STATUS_BAD_NETWORK_NAME"),
        (unchecked((int)0xC00000CD), "STATUS_TOO_MANY_NAMES"),
        (unchecked((int)0xC00000CE), "STATUS_TOO_MANY_SESSIONS"),
        (unchecked((int)0xC00000CF), "STATUS_SHARING_PAUSED"),
        (unchecked((int)0xC00000D0), "STATUS_REQUEST_NOT_ACCEPTED"),
        (unchecked((int)0xC00000D1), "STATUS_REDIRECTOR_PAUSED"),
        (unchecked((int)0xC00000D2), "STATUS_NET_WRITE_FAULT"),
        (unchecked((int)0xC00000D3), "STATUS_PROFILING_AT_LIMIT"),
        (unchecked((int)0xC00000D4), "STATUS_NOT_SAME_DEVICE"),
        (unchecked((int)0xC00000D5), "STATUS_FILE_RENAMED"),
        (unchecked((int)0xC00000D6), "STATUS_VIRTUAL_CIRCUIT_CLOSED"),
        (unchecked((int)0xC00000D7), "STATUS_NO_SECURITY_ON_OBJECT"),
        (unchecked((int)0xC00000D8), "STATUS_CANT_WAIT"),
        (unchecked((int)0xC00000D9), "STATUS_PIPE_EMPTY"),
        (unchecked((int)0xC00000DA), "STATUS_CANT_ACCESS_DOMAIN_INFO"),
        (unchecked((int)0xC00000DB), "STATUS_CANT_TERMINATE_SELF"),
        (unchecked((int)0xC00000DC), "STATUS_INVALID_SERVER_STATE"),
        (unchecked((int)0xC00000DD), "STATUS_INVALID_DOMAIN_STATE"),
        (unchecked((int)0xC00000DE), "STATUS_INVALID_DOMAIN_ROLE"),
        (unchecked((int)0xC00000DF), "STATUS_NO_SUCH_DOMAIN"),
        (unchecked((int)0xC00000E0), "STATUS_DOMAIN_EXISTS"),
        (unchecked((int)0xC00000E1), "STATUS_DOMAIN_LIMIT_EXCEEDED"),
        (unchecked((int)0xC00000E2), "STATUS_OPLOCK_NOT_GRANTED"),
        (unchecked((int)0xC00000E3), "STATUS_INVALID_OPLOCK_PROTOCOL"),
        (unchecked((int)0xC00000E4), "STATUS_INTERNAL_DB_CORRUPTION"),
        (unchecked((int)0xC00000E5), "STATUS_INTERNAL_ERROR"),
        (unchecked((int)0xC00000E6), "STATUS_GENERIC_NOT_MAPPED"),
        (unchecked((int)0xC00000E7), "STATUS_BAD_DESCRIPTOR_FORMAT"),
        (unchecked((int)0xC00000E8), "STATUS_INVALID_USER_BUFFER"),
        (unchecked((int)0xC00000E9), "STATUS_UNEXPECTED_IO_ERROR"),
        (unchecked((int)0xC00000EA), "STATUS_UNEXPECTED_MM_CREATE_ERR"),
        (unchecked((int)0xC00000EB), "STATUS_UNEXPECTED_MM_MAP_ERROR"),
        (unchecked((int)0xC00000EC), "STATUS_UNEXPECTED_MM_EXTEND_ERR"),
        (unchecked((int)0xC00000ED), "STATUS_NOT_LOGON_PROCESS"),
        (unchecked((int)0xC00000EE), "STATUS_LOGON_SESSION_EXISTS"),
        (unchecked((int)0xC00000EF), "STATUS_INVALID_PARAMETER_1"),
        (unchecked((int)0xC00000F0), "STATUS_INVALID_PARAMETER_2"),
        (unchecked((int)0xC00000F1), "STATUS_INVALID_PARAMETER_3"),
        (unchecked((int)0xC00000F2), "STATUS_INVALID_PARAMETER_4"),
        (unchecked((int)0xC00000F3), "STATUS_INVALID_PARAMETER_5"),
        (unchecked((int)0xC00000F4), "STATUS_INVALID_PARAMETER_6"),
        (unchecked((int)0xC00000F5), "STATUS_INVALID_PARAMETER_7"),
        (unchecked((int)0xC00000F6), "STATUS_INVALID_PARAMETER_8"),
        (unchecked((int)0xC00000F7), "STATUS_INVALID_PARAMETER_9"),
        (unchecked((int)0xC00000F8), "STATUS_INVALID_PARAMETER_10"),
        (unchecked((int)0xC00000F9), "STATUS_INVALID_PARAMETER_11"),
        (unchecked((int)0xC00000FA), "STATUS_INVALID_PARAMETER_12"),
        (unchecked((int)0xC00000FB), "STATUS_REDIRECTOR_NOT_STARTED"),
        (unchecked((int)0xC00000FC), "STATUS_REDIRECTOR_STARTED"),
        (unchecked((int)0xC00000FD), "STATUS_STACK_OVERFLOW"),
        (unchecked((int)0xC00000FE), "STATUS_NO_SUCH_PACKAGE"),
        (unchecked((int)0xC00000FF), "STATUS_BAD_FUNCTION_TABLE"),
    ];
}
