namespace LastRef;

// Errors from C0000100. Values and names: ntstatus.h.
public readonly partial record struct NtStatus
{
    public static NtStatus VariableNotFound => new(unchecked((int)0xC0000100));
    public static NtStatus DirectoryNotEmpty => new(unchecked((int)0xC0000101));
    public static NtStatus FileCorruptError => new(unchecked((int)0xC0000102));
    public static NtStatus NotADirectory => new(unchecked((int)0xC0000103));
    public static NtStatus BadLogonSessionState => new(unchecked((int)0xC0000104));
    public static NtStatus LogonSessionCollision => new(unchecked((int)0xC0000105));
    public static NtStatus NameTooLong => new(unchecked((int)0xC0000106));
    public static NtStatus FilesOpen => new(unchecked((int)0xC0000107));
    public static NtStatus ConnectionInUse => new(unchecked((int)0xC0000108));
    public static NtStatus MessageNotFound => new(unchecked((int)0xC0000109));
    public static NtStatus ProcessIsTerminating => new(unchecked((int)0xC000010A));
    public static NtStatus InvalidLogonType => new(unchecked((int)0xC000010B));
    public static NtStatus NoGuidTranslation => new(unchecked((int)0xC000010C));
    public static NtStatus CannotImpersonate => new(unchecked((int)0xC000010D));
    public static NtStatus ImageAlreadyLoaded => new(unchecked((int)0xC000010E));
    public static NtStatus AbiosNotPresent => new(unchecked((int)0xC000010F));
    public static NtStatus AbiosLidNotExist => new(unchecked((int)0xC0000110));
    public static NtStatus AbiosLidAlreadyOwned => new(unchecked((int)0xC0000111));
    public static NtStatus AbiosNotLidOwner => new(unchecked((int)0xC0000112));
    public static NtStatus AbiosInvalidCommand => new(unchecked((int)0xC0000113));
    public static NtStatus AbiosInvalidLid => new(unchecked((int)0xC0000114));
    public static NtStatus AbiosSelectorNotAvailable => new(unchecked((int)0xC0000115));
    public static NtStatus AbiosInvalidSelector => new(unchecked((int)0xC0000116));
    public static NtStatus NoLdt => new(unchecked((int)0xC0000117));
    public static NtStatus InvalidLdtSize => new(unchecked((int)0xC0000118));
    public static NtStatus InvalidLdtOffset => new(unchecked((int)0xC0000119));
    public static NtStatus InvalidLdtDescriptor => new(unchecked((int)0xC000011A));
    public static NtStatus InvalidImageNeFormat => new(unchecked((int)0xC000011B));
    public static NtStatus RxactInvalidState => new(unchecked((int)0xC000011C));
    public static NtStatus RxactCommitFailure => new(unchecked((int)0xC000011D));
    public static NtStatus MappedFileSizeZero => new(unchecked((int)0xC000011E));
    public static NtStatus TooManyOpenedFiles => new(unchecked((int)0xC000011F));
    public static NtStatus Cancelled => new(unchecked((int)0xC0000120));
    public static NtStatus CannotDelete => new(unchecked((int)0xC0000121));
    public static NtStatus InvalidComputerName => new(unchecked((int)0xC0000122));
    public static NtStatus FileDeleted => new(unchecked((int)0xC0000123));
    public static NtStatus SpecialAccount => new(unchecked((int)0xC0000124));
    public static NtStatus SpecialGroup => new(unchecked((int)0xC0000125));
    public static NtStatus SpecialUser => new(unchecked((int)0xC0000126));
    public static NtStatus MembersPrimaryGroup => new(unchecked((int)0xC0000127));
    public static NtStatus FileClosed => new(unchecked((int)0xC0000128));
    public static NtStatus TooManyThreads => new(unchecked((int)0xC0000129));
    public static NtStatus ThreadNotInProcess => new(unchecked((int)0xC000012A));
    public static NtStatus TokenAlreadyInUse => new(unchecked((int)0xC000012B));
    public static NtStatus PagefileQuotaExceeded => new(unchecked((int)0xC000012C));
    public static NtStatus CommitmentLimit => new(unchecked((int)0xC000012D));
    public static NtStatus InvalidImageLeFormat => new(unchecked((int)0xC000012E));
    public static NtStatus InvalidImageNotMz => new(unchecked((int)0xC000012F));
    public static NtStatus InvalidImageProtect => new(unchecked((int)0xC0000130));
    public static NtStatus InvalidImageWin16 => new(unchecked((int)0xC0000131));
    public static NtStatus TimeDifferenceAtDc => new(unchecked((int)0xC0000133));
    public static NtStatus SynchronizationRequired => new(unchecked((int)0xC0000134));
    public static NtStatus DllNotFound => new(unchecked((int)0xC0000135));
    public static NtStatus OpenFailed => new(unchecked((int)0xC0000136));
    public static NtStatus IoPrivilegeFailed => new(unchecked((int)0xC0000137));
    public static NtStatus OrdinalNotFound => new(unchecked((int)0xC0000138));
    public static NtStatus EntrypointNotFound => new(unchecked((int)0xC0000139));
    public static NtStatus ControlCExit => new(unchecked((int)0xC000013A));
    public static NtStatus LocalDisconnect => new(unchecked((int)0xC000013B));
    public static NtStatus RemoteDisconnect => new(unchecked((int)0xC000013C));
    public static NtStatus RemoteResources => new(unchecked((int)0xC000013D));
    public static NtStatus LinkFailed => new(unchecked((int)0xC000013E));
    public static NtStatus LinkTimeout => new(unchecked((int)0xC000013F));
    public static NtStatus InvalidConnection => new(unchecked((int)0xC0000140));
    public static NtStatus InvalidAddress => new(unchecked((int)0xC0000141));
    public static NtStatus DllInitFailed => new(unchecked((int)0xC0000142));
    public static NtStatus MissingSystemfile => new(unchecked((int)0xC0000143));
    public static NtStatus UnhandledException => new(unchecked((int)0xC0000144));
    public static NtStatus AppInitFailure => new(unchecked((int)0xC0000145));
    public static NtStatus PagefileCreateFailed => new(unchecked((int)0xC0000146));
    public static NtStatus NoPagefile => new(unchecked((int)0xC0000147));
    public static NtStatus InvalidLevel => new(unchecked((int)0xC0000148));
    public static NtStatus WrongPasswordCore => new(unchecked((int)0xC0000149));
    public static NtStatus IllegalFloatContext => new(unchecked((int)0xC000014A));
    public static NtStatus PipeBroken => new(unchecked((int)0xC000014B));
    public static NtStatus RegistryCorrupt => new(unchecked((int)0xC000014C));
    public static NtStatus RegistryIoFailed => new(unchecked((int)0xC000014D));
    public static NtStatus NoEventPair => new(unchecked((int)0xC000014E));
    public static NtStatus UnrecognizedVolume => new(unchecked((int)0xC000014F));
    public static NtStatus SerialNoDeviceInited => new(unchecked((int)0xC0000150));
    public static NtStatus NoSuchAlias => new(unchecked((int)0xC0000151));
    public static NtStatus MemberNotInAlias => new(unchecked((int)0xC0000152));
    public static NtStatus MemberInAlias => new(unchecked((int)0xC0000153));
    public static NtStatus AliasExists => new(unchecked((int)0xC0000154));
    public static NtStatus LogonNotGranted => new(unchecked((int)0xC0000155));
    public static NtStatus TooManySecrets => new(unchecked((int)0xC0000156));
    public static NtStatus SecretTooLong => new(unchecked((int)0xC0000157));
    public static NtStatus InternalDbError => new(unchecked((int)0xC0000158));
    public static NtStatus FullscreenMode => new(unchecked((int)0xC0000159));
    public static NtStatus TooManyContextIds => new(unchecked((int)0xC000015A));
    public static NtStatus LogonTypeNotGranted => new(unchecked((int)0xC000015B));
    public static NtStatus NotRegistryFile => new(unchecked((int)0xC000015C));
    public static NtStatus NtCrossEncryptionRequired => new(unchecked((int)0xC000015D));
    public static NtStatus DomainCtrlrConfigError => new(unchecked((int)0xC000015E));
    public static NtStatus FtMissingMember => new(unchecked((int)0xC000015F));
    public static NtStatus IllFormedServiceEntry => new(unchecked((int)0xC0000160));
    public static NtStatus IllegalCharacter => new(unchecked((int)0xC0000161));
    public static NtStatus UnmappableCharacter => new(unchecked((int)0xC0000162));
    public static NtStatus UndefinedCharacter => new(unchecked((int)0xC0000163));
    public static NtStatus FloppyVolume => new(unchecked((int)0xC0000164));
    public static NtStatus FloppyIdMarkNotFound => new(unchecked((int)0xC0000165));
    public static NtStatus FloppyWrongCylinder => new(unchecked((int)0xC0000166));
    public static NtStatus FloppyUnknownError => new(unchecked((int)0xC0000167));
    public static NtStatus FloppyBadRegisters => new(unchecked((int)0xC0000168));
    public static NtStatus DiskRecalibrateFailed => new(unchecked((int)0xC0000169));
    public static NtStatus DiskOperationFailed => new(unchecked((int)0xC000016A));
    public static NtStatus DiskResetFailed => new(unchecked((int)0xC000016B));
    public static NtStatus SharedIrqBusy => new(unchecked((int)0xC000016C));
    public static NtStatus FtOrphaning => new(unchecked((int)0xC000016D));
    public static NtStatus BiosFailedToConnectInterrupt => new(unchecked((int)0xC000016E));
    public static NtStatus PartitionFailure => new(unchecked((int)0xC0000172));
    public static NtStatus InvalidBlockLength => new(unchecked((int)0xC0000173));
    public static NtStatus DeviceNotPartitioned => new(unchecked((int)0xC0000174));
    public static NtStatus UnableToLockMedia => new(unchecked((int)0xC0000175));
    public static NtStatus UnableToUnloadMedia => new(unchecked((int)0xC0000176));
    public static NtStatus EomOverflow => new(unchecked((int)0xC0000177));
    public static NtStatus NoMedia => new(unchecked((int)0xC0000178));
    public static NtStatus NoSuchMember => new(unchecked((int)0xC000017A));
    public static NtStatus InvalidMember => new(unchecked((int)0xC000017B));
    public static NtStatus KeyDeleted => new(unchecked((int)0xC000017C));
    public static NtStatus NoLogSpace => new(unchecked((int)0xC000017D));
    public static NtStatus TooManySids => new(unchecked((int)0xC000017E));
    public static NtStatus LmCrossEncryptionRequired => new(unchecked((int)0xC000017F));
    public static NtStatus KeyHasChildren => new(unchecked((int)0xC0000180));
    public static NtStatus ChildMustBeVolatile => new(unchecked((int)0xC0000181));
    public static NtStatus DeviceConfigurationError => new(unchecked((int)0xC0000182));
    public static NtStatus DriverInternalError => new(unchecked((int)0xC0000183));
    public static NtStatus InvalidDeviceState => new(unchecked((int)0xC0000184));
    public static NtStatus IoDeviceError => new(unchecked((int)0xC0000185));
    public static NtStatus DeviceProtocolError => new(unchecked((int)0xC0000186));
    public static NtStatus BackupController => new(unchecked((int)0xC0000187));
    public static NtStatus LogFileFull => new(unchecked((int)0xC0000188));
    public static NtStatus TooLate => new(unchecked((int)0xC0000189));
    public static NtStatus EventlogFileCorrupt => new(unchecked((int)0xC000018E));
    public static NtStatus EventlogCantStart => new(unchecked((int)0xC000018F));
    public static NtStatus MutantLimitExceeded => new(unchecked((int)0xC0000191));
    public static NtStatus NetlogonNotStarted => new(unchecked((int)0xC0000192));
    public static NtStatus AccountExpired => new(unchecked((int)0xC0000193));
    public static NtStatus PossibleDeadlock => new(unchecked((int)0xC0000194));
    public static NtStatus NetworkCredentialConflict => new(unchecked((int)0xC0000195));
    public static NtStatus RemoteSessionLimit => new(unchecked((int)0xC0000196));
    public static NtStatus EventlogFileChanged => new(unchecked((int)0xC0000197));
    public static NtStatus FsDriverRequired => new(unchecked((int)0xC000019C));
    public static NtStatus ImageAlreadyLoadedAsDll => new(unchecked((int)0xC000019D));
    public static NtStatus IncompatibleWithGlobalShortNameRegistrySetting => new(unchecked((int)0xC000019E));
    public static NtStatus ShortNamesNotEnabledOnVolume => new(unchecked((int)0xC000019F));
    public static NtStatus SecurityStreamIsInconsistent => new(unchecked((int)0xC00001A0));
    public static NtStatus InvalidLockRange => new(unchecked((int)0xC00001A1));
    public static NtStatus InvalidAceCondition => new(unchecked((int)0xC00001A2));
    public static NtStatus ImageSubsystemNotPresent => new(unchecked((int)0xC00001A3));
    public static NtStatus NotificationGuidAlreadyDefined => new(unchecked((int)0xC00001A4));
    public static NtStatus NetworkOpenRestriction => new(unchecked((int)0xC0000201));
    public static NtStatus NoUserSessionKey => new(unchecked((int)0xC0000202));
    public static NtStatus UserSessionDeleted => new(unchecked((int)0xC0000203));
    public static NtStatus ResourceLangNotFound => new(unchecked((int)0xC0000204));
    public static NtStatus InsuffServerResources => new(unchecked((int)0xC0000205));
    public static NtStatus InvalidBufferSize => new(unchecked((int)0xC0000206));
    public static NtStatus InvalidAddressComponent => new(unchecked((int)0xC0000207));
    public static NtStatus InvalidAddressWildcard => new(unchecked((int)0xC0000208));
    public static NtStatus TooManyAddresses => new(unchecked((int)0xC0000209));
    public static NtStatus AddressAlreadyExists => new(unchecked((int)0xC000020A));
    public static NtStatus AddressClosed => new(unchecked((int)0xC000020B));
    public static NtStatus ConnectionDisconnected => new(unchecked((int)0xC000020C));
    public static NtStatus ConnectionReset => new(unchecked((int)0xC000020D));
    public static NtStatus TooManyNodes => new(unchecked((int)0xC000020E));
    public static NtStatus TransactionAborted => new(unchecked((int)0xC000020F));
    public static NtStatus TransactionTimedOut => new(unchecked((int)0xC0000210));
    public static NtStatus TransactionNoRelease => new(unchecked((int)0xC0000211));
    public static NtStatus TransactionNoMatch => new(unchecked((int)0xC0000212));
    public static NtStatus TransactionResponded => new(unchecked((int)0xC0000213));
    public static NtStatus TransactionInvalidId => new(unchecked((int)0xC0000214));
    public static NtStatus TransactionInvalidType => new(unchecked((int)0xC0000215));
    public static NtStatus NotServerSession => new(unchecked((int)0xC0000216));
    public static NtStatus NotClientSession => new(unchecked((int)0xC0000217));
    public static NtStatus CannotLoadRegistryFile => new(unchecked((int)0xC0000218));
    public static NtStatus DebugAttachFailed => new(unchecked((int)0xC0000219));
    public static NtStatus SystemProcessTerminated => new(unchecked((int)0xC000021A));
    public static NtStatus DataNotAccepted => new(unchecked((int)0xC000021B));
    public static NtStatus NoBrowserServersFound => new(unchecked((int)0xC000021C));
    public static NtStatus VdmHardError => new(unchecked((int)0xC000021D));
    public static NtStatus DriverCancelTimeout => new(unchecked((int)0xC000021E));
    public static NtStatus ReplyMessageMismatch => new(unchecked((int)0xC000021F));
    public static NtStatus MappedAlignment => new(unchecked((int)0xC0000220));
    public static NtStatus ImageChecksumMismatch => new(unchecked((int)0xC0000221));
    public static NtStatus LostWritebehindData => new(unchecked((int)0xC0000222));
    public static NtStatus ClientServerParametersInvalid => new(unchecked((int)0xC0000223));
    public static NtStatus PasswordMustChange => new(unchecked((int)0xC0000224));
    public static NtStatus NotFound => new(unchecked((int)0xC0000225));
    public static NtStatus NotTinyStream => new(unchecked((int)0xC0000226));
    public static NtStatus RecoveryFailure => new(unchecked((int)0xC0000227));
    public static NtStatus StackOverflowRead => new(unchecked((int)0xC0000228));
    public static NtStatus FailCheck => new(unchecked((int)0xC0000229));
    public static NtStatus DuplicateObjectid => new(unchecked((int)0xC000022A));
    public static NtStatus ObjectidExists => new(unchecked((int)0xC000022B));
    public static NtStatus ConvertToLarge => new(unchecked((int)0xC000022C));
    public static NtStatus Retry => new(unchecked((int)0xC000022D));
    public static NtStatus FoundOutOfScope => new(unchecked((int)0xC000022E));
    public static NtStatus AllocateBucket => new(unchecked((int)0xC000022F));
    public static NtStatus PropsetNotFound => new(unchecked((int)0xC0000230));
    public static NtStatus MarshallOverflow => new(unchecked((int)0xC0000231));
    public static NtStatus InvalidVariant => new(unchecked((int)0xC0000232));
    public static NtStatus DomainControllerNotFound => new(unchecked((int)0xC0000233));
    public static NtStatus AccountLockedOut => new(unchecked((int)0xC0000234));
    public static NtStatus HandleNotClosable => new(unchecked((int)0xC0000235));
    public static NtStatus ConnectionRefused => new(unchecked((int)0xC0000236));
    public static NtStatus GracefulDisconnect => new(unchecked((int)0xC0000237));
    public static NtStatus AddressAlreadyAssociated => new(unchecked((int)0xC0000238));
    public static NtStatus AddressNotAssociated => new(unchecked((int)0xC0000239));
    public static NtStatus ConnectionInvalid => new(unchecked((int)0xC000023A));
    public static NtStatus ConnectionActive => new(unchecked((int)0xC000023B));
    public static NtStatus NetworkUnreachable => new(unchecked((int)0xC000023C));
    public static NtStatus HostUnreachable => new(unchecked((int)0xC000023D));
    public static NtStatus ProtocolUnreachable => new(unchecked((int)0xC000023E));
    public static NtStatus PortUnreachable => new(unchecked((int)0xC000023F));
    public static NtStatus RequestAborted => new(unchecked((int)0xC0000240));
    public static NtStatus ConnectionAborted => new(unchecked((int)0xC0000241));
    public static NtStatus BadCompressionBuffer => new(unchecked((int)0xC0000242));
    public static NtStatus UserMappedFile => new(unchecked((int)0xC0000243));
    public static NtStatus AuditFailed => new(unchecked((int)0xC0000244));
    public static NtStatus TimerResolutionNotSet => new(unchecked((int)0xC0000245));
    public static NtStatus ConnectionCountLimit => new(unchecked((int)0xC0000246));
    public static NtStatus LoginTimeRestriction => new(unchecked((int)0xC0000247));
    public static NtStatus LoginWkstaRestriction => new(unchecked((int)0xC0000248));
    public static NtStatus ImageMpUpMismatch => new(unchecked((int)0xC0000249));
    public static NtStatus InsufficientLogonInfo => new(unchecked((int)0xC0000250));
    public static NtStatus BadDllEntrypoint => new(unchecked((int)0xC0000251));
    public static NtStatus BadServiceEntrypoint => new(unchecked((int)0xC0000252));
    public static NtStatus LpcReplyLost => new(unchecked((int)0xC0000253));
    public static NtStatus IpAddressConflict1 => new(unchecked((int)0xC0000254));
    public static NtStatus IpAddressConflict2 => new(unchecked((int)0xC0000255));
    public static NtStatus RegistryQuotaLimit => new(unchecked((int)0xC0000256));
    public static NtStatus PathNotCovered => new(unchecked((int)0xC0000257));
    public static NtStatus NoCallbackActive => new(unchecked((int)0xC0000258));
    public static NtStatus LicenseQuotaExceeded => new(unchecked((int)0xC0000259));
    public static NtStatus PwdTooShort => new(unchecked((int)0xC000025A));
    public static NtStatus PwdTooRecent => new(unchecked((int)0xC000025B));
    public static NtStatus PwdHistoryConflict => new(unchecked((int)0xC000025C));
    public static NtStatus PlugplayNoDevice => new(unchecked((int)0xC000025E));
    public static NtStatus UnsupportedCompression => new(unchecked((int)0xC000025F));
    public static NtStatus InvalidHwProfile => new(unchecked((int)0xC0000260));
    public static NtStatus InvalidPlugplayDevicePath => new(unchecked((int)0xC0000261));
    public static NtStatus DriverOrdinalNotFound => new(unchecked((int)0xC0000262));
    public static NtStatus DriverEntrypointNotFound => new(unchecked((int)0xC0000263));
    public static NtStatus ResourceNotOwned => new(unchecked((int)0xC0000264));
    public static NtStatus TooManyLinks => new(unchecked((int)0xC0000265));
    public static NtStatus QuotaListInconsistent => new(unchecked((int)0xC0000266));
    public static NtStatus FileIsOffline => new(unchecked((int)0xC0000267));
    public static NtStatus EvaluationExpiration => new(unchecked((int)0xC0000268));
    public static NtStatus IllegalDllRelocation => new(unchecked((int)0xC0000269));
    public static NtStatus LicenseViolation => new(unchecked((int)0xC000026A));
    public static NtStatus DllInitFailedLogoff => new(unchecked((int)0xC000026B));
    public static NtStatus DriverUnableToLoad => new(unchecked((int)0xC000026C));
    public static NtStatus DfsUnavailable => new(unchecked((int)0xC000026D));
    public static NtStatus VolumeDismounted => new(unchecked((int)0xC000026E));
    public static NtStatus ValidateContinue => new(unchecked((int)0xC0000271));
    public static NtStatus NoMatch => new(unchecked((int)0xC0000272));
    public static NtStatus NoMoreMatches => new(unchecked((int)0xC0000273));
    public static NtStatus NotAReparsePoint => new(unchecked((int)0xC0000275));
    public static NtStatus IoReparseTagInvalid => new(unchecked((int)0xC0000276));
    public static NtStatus IoReparseTagMismatch => new(unchecked((int)0xC0000277));
    public static NtStatus IoReparseDataInvalid => new(unchecked((int)0xC0000278));
    public static NtStatus IoReparseTagNotHandled => new(unchecked((int)0xC0000279));
    public static NtStatus ReparsePointNotResolved => new(unchecked((int)0xC0000280));
    public static NtStatus DirectoryIsAReparsePoint => new(unchecked((int)0xC0000281));
    public static NtStatus RangeListConflict => new(unchecked((int)0xC0000282));
    public static NtStatus SourceElementEmpty => new(unchecked((int)0xC0000283));
    public static NtStatus DestinationElementFull => new(unchecked((int)0xC0000284));
    public static NtStatus IllegalElementAddress => new(unchecked((int)0xC0000285));
    public static NtStatus MagazineNotPresent => new(unchecked((int)0xC0000286));
    public static NtStatus ReinitializationNeeded => new(unchecked((int)0xC0000287));
    public static NtStatus EncryptionFailed => new(unchecked((int)0xC000028A));
    public static NtStatus DecryptionFailed => new(unchecked((int)0xC000028B));
    public static NtStatus RangeNotFound => new(unchecked((int)0xC000028C));
    public static NtStatus NoRecoveryPolicy => new(unchecked((int)0xC000028D));
    public static NtStatus NoEfs => new(unchecked((int)0xC000028E));
    public static NtStatus WrongEfs => new(unchecked((int)0xC000028F));
    public static NtStatus NoUserKeys => new(unchecked((int)0xC0000290));
    public static NtStatus FileNotEncrypted => new(unchecked((int)0xC0000291));
    public static NtStatus NotExportFormat => new(unchecked((int)0xC0000292));
    public static NtStatus FileEncrypted => new(unchecked((int)0xC0000293));
    public static NtStatus WmiGuidNotFound => new(unchecked((int)0xC0000295));
    public static NtStatus WmiInstanceNotFound => new(unchecked((int)0xC0000296));
    public static NtStatus WmiItemidNotFound => new(unchecked((int)0xC0000297));
    public static NtStatus WmiTryAgain => new(unchecked((int)0xC0000298));
    public static NtStatus SharedPolicy => new(unchecked((int)0xC0000299));
    public static NtStatus PolicyObjectNotFound => new(unchecked((int)0xC000029A));
    public static NtStatus PolicyOnlyInDs => new(unchecked((int)0xC000029B));
    public static NtStatus VolumeNotUpgraded => new(unchecked((int)0xC000029C));
    public static NtStatus RemoteStorageNotActive => new(unchecked((int)0xC000029D));
    public static NtStatus RemoteStorageMediaError => new(unchecked((int)0xC000029E));
    public static NtStatus NoTrackingService => new(unchecked((int)0xC000029F));
    public static NtStatus ServerSidMismatch => new(unchecked((int)0xC00002A0));
    public static NtStatus DirectoryServiceRequired => new(unchecked((int)0xC00002B1));
    public static NtStatus ReparseAttributeConflict => new(unchecked((int)0xC00002B2));
    public static NtStatus CantEnableDenyOnly => new(unchecked((int)0xC00002B3));
    public static NtStatus FloatMultipleFaults => new(unchecked((int)0xC00002B4));
    public static NtStatus FloatMultipleTraps => new(unchecked((int)0xC00002B5));
    public static NtStatus DeviceRemoved => new(unchecked((int)0xC00002B6));
    public static NtStatus JournalDeleteInProgress => new(unchecked((int)0xC00002B7));
    public static NtStatus JournalNotActive => new(unchecked((int)0xC00002B8));
    public static NtStatus Nointerface => new(unchecked((int)0xC00002B9));
    public static NtStatus DriverFailedSleep => new(unchecked((int)0xC00002C2));
    public static NtStatus MutualAuthenticationFailed => new(unchecked((int)0xC00002C3));
    public static NtStatus CorruptSystemFile => new(unchecked((int)0xC00002C4));
    public static NtStatus DatatypeMisalignmentError => new(unchecked((int)0xC00002C5));
    public static NtStatus WmiReadOnly => new(unchecked((int)0xC00002C6));
    public static NtStatus WmiSetFailure => new(unchecked((int)0xC00002C7));
    public static NtStatus CommitmentMinimum => new(unchecked((int)0xC00002C8));
    public static NtStatus RegNatConsumption => new(unchecked((int)0xC00002C9));
    public static NtStatus TransportFull => new(unchecked((int)0xC00002CA));
    public static NtStatus OnlyIfConnected => new(unchecked((int)0xC00002CC));
    public static NtStatus PnpRestartEnumeration => new(unchecked((int)0xC00002CE));
    public static NtStatus JournalEntryDeleted => new(unchecked((int)0xC00002CF));
    public static NtStatus SystemImageBadSignature => new(unchecked((int)0xC00002D1));
    public static NtStatus PnpRebootRequired => new(unchecked((int)0xC00002D2));
    public static NtStatus PowerStateInvalid => new(unchecked((int)0xC00002D3));
    public static NtStatus WmiNotSupported => new(unchecked((int)0xC00002DD));
    public static NtStatus InsufficientPower => new(unchecked((int)0xC00002DE));
    public static NtStatus MultipleFaultViolation => new(unchecked((int)0xC00002E8));
    public static NtStatus CurrentDomainNotAllowed => new(unchecked((int)0xC00002E9));
    public static NtStatus CannotMake => new(unchecked((int)0xC00002EA));
    public static NtStatus SystemShutdown => new(unchecked((int)0xC00002EB));
    public static NtStatus UnfinishedContextDeleted => new(unchecked((int)0xC00002EE));
    public static NtStatus NoTgtReply => new(unchecked((int)0xC00002EF));
    public static NtStatus ObjectidNotFound => new(unchecked((int)0xC00002F0));
    public static NtStatus NoIpAddresses => new(unchecked((int)0xC00002F1));
    public static NtStatus WrongCredentialHandle => new(unchecked((int)0xC00002F2));
    public static NtStatus CryptoSystemInvalid => new(unchecked((int)0xC00002F3));
    public static NtStatus MaxReferralsExceeded => new(unchecked((int)0xC00002F4));
    public static NtStatus MustBeKdc => new(unchecked((int)0xC00002F5));
    public static NtStatus StrongCryptoNotSupported => new(unchecked((int)0xC00002F6));
    public static NtStatus TooManyPrincipals => new(unchecked((int)0xC00002F7));
    public static NtStatus NoPaData => new(unchecked((int)0xC00002F8));
    public static NtStatus PkinitNameMismatch => new(unchecked((int)0xC00002F9));
    public static NtStatus KdcInvalidRequest => new(unchecked((int)0xC00002FB));
    public static NtStatus KdcUnableToRefer => new(unchecked((int)0xC00002FC));
    public static NtStatus KdcUnknownEtype => new(unchecked((int)0xC00002FD));
    public static NtStatus ShutdownInProgress => new(unchecked((int)0xC00002FE));
    public static NtStatus ServerShutdownInProgress => new(unchecked((int)0xC00002FF));
    public static NtStatus NotSupportedOnSbs => new(unchecked((int)0xC0000300));
    public static NtStatus WmiGuidDisconnected => new(unchecked((int)0xC0000301));
    public static NtStatus WmiAlreadyDisabled => new(unchecked((int)0xC0000302));
    public static NtStatus WmiAlreadyEnabled => new(unchecked((int)0xC0000303));
    public static NtStatus MftTooFragmented => new(unchecked((int)0xC0000304));
    public static NtStatus CopyProtectionFailure => new(unchecked((int)0xC0000305));
    public static NtStatus CssAuthenticationFailure => new(unchecked((int)0xC0000306));
    public static NtStatus CssKeyNotPresent => new(unchecked((int)0xC0000307));
    public static NtStatus CssKeyNotEstablished => new(unchecked((int)0xC0000308));
    public static NtStatus CssScrambledSector => new(unchecked((int)0xC0000309));
    public static NtStatus CssRegionMismatch => new(unchecked((int)0xC000030A));
    public static NtStatus CssResetsExhausted => new(unchecked((int)0xC000030B));
    public static NtStatus PkinitFailure => new(unchecked((int)0xC0000320));
    public static NtStatus NoKerbKey => new(unchecked((int)0xC0000322));
    public static NtStatus HostDown => new(unchecked((int)0xC0000350));
    public static NtStatus UnsupportedPreauth => new(unchecked((int)0xC0000351));
    public static NtStatus EfsAlgBlobTooBig => new(unchecked((int)0xC0000352));
    public static NtStatus PortNotSet => new(unchecked((int)0xC0000353));
    public static NtStatus DebuggerInactive => new(unchecked((int)0xC0000354));
    public static NtStatus AuditingDisabled => new(unchecked((int)0xC0000356));
    public static NtStatus Prent4MachineAccount => new(unchecked((int)0xC0000357));
    public static NtStatus InvalidImageWin32 => new(unchecked((int)0xC0000359));
    public static NtStatus InvalidImageWin64 => new(unchecked((int)0xC000035A));
    public static NtStatus BadBindings => new(unchecked((int)0xC000035B));
    public static NtStatus NetworkSessionExpired => new(unchecked((int)0xC000035C));
    public static NtStatus ApphelpBlock => new(unchecked((int)0xC000035D));
    public static NtStatus NotSafeModeDriver => new(unchecked((int)0xC000035F));
    public static NtStatus AccessDisabledByPolicyDefault => new(unchecked((int)0xC0000361));
    public static NtStatus AccessDisabledByPolicyPath => new(unchecked((int)0xC0000362));
    public static NtStatus AccessDisabledByPolicyPublisher => new(unchecked((int)0xC0000363));
    public static NtStatus AccessDisabledByPolicyOther => new(unchecked((int)0xC0000364));
    public static NtStatus FailedDriverEntry => new(unchecked((int)0xC0000365));
    public static NtStatus DeviceEnumerationError => new(unchecked((int)0xC0000366));
    public static NtStatus MountPointNotResolved => new(unchecked((int)0xC0000368));
    public static NtStatus InvalidDeviceObjectParameter => new(unchecked((int)0xC0000369));
    public static NtStatus McaOccured => new(unchecked((int)0xC000036A));
    public static NtStatus DriverBlockedCritical => new(unchecked((int)0xC000036B));
    public static NtStatus DriverBlocked => new(unchecked((int)0xC000036C));
    public static NtStatus DriverDatabaseError => new(unchecked((int)0xC000036D));
    public static NtStatus SystemHiveTooLarge => new(unchecked((int)0xC000036E));
    public static NtStatus InvalidImportOfNonDll => new(unchecked((int)0xC000036F));
    public static NtStatus NoSecrets => new(unchecked((int)0xC0000371));
    public static NtStatus AccessDisabledNoSaferUiByPolicy => new(unchecked((int)0xC0000372));
    public static NtStatus FailedStackSwitch => new(unchecked((int)0xC0000373));
    public static NtStatus HeapCorruption => new(unchecked((int)0xC0000374));
    public static NtStatus DowngradeDetected => new(unchecked((int)0xC0000388));
    public static NtStatus RevocationOfflineC => new(unchecked((int)0xC000038B));
    public static NtStatus PkinitClientFailure => new(unchecked((int)0xC000038C));
    public static NtStatus DriverFailedPriorUnload => new(unchecked((int)0xC000038E));
    public static NtStatus StackBufferOverrun => new(unchecked((int)0xC0000409));
    public static NtStatus AssertionFailure => new(unchecked((int)0xC0000420));
    public static NtStatus IncompatibleDriverBlocked => new(unchecked((int)0xC0000424));
    public static NtStatus HiveUnloaded => new(unchecked((int)0xC0000425));
    public static NtStatus FileSystemLimitation => new(unchecked((int)0xC0000427));
    public static NtStatus InvalidImageHash => new(unchecked((int)0xC0000428));
    public static NtStatus NotCapable => new(unchecked((int)0xC0000429));
    public static NtStatus ImplementationLimit => new(unchecked((int)0xC000042B));
    public static NtStatus BeyondVdl => new(unchecked((int)0xC0000432));
    public static NtStatus CallbackBypass => new(unchecked((int)0xC0000503));
    public static NtStatus PortClosed => new(unchecked((int)0xC0000700));
    public static NtStatus MessageLost => new(unchecked((int)0xC0000701));
    public static NtStatus InvalidMessage => new(unchecked((int)0xC0000702));
    public static NtStatus LpcReceiveBufferExpected => new(unchecked((int)0xC0000705));
    public static NtStatus LpcInvalidConnectionUsage => new(unchecked((int)0xC0000706));
    public static NtStatus ResourceInUse => new(unchecked((int)0xC0000708));
    public static NtStatus ThreadpoolHandleException => new(unchecked((int)0xC000070A));
    public static NtStatus InvalidIdnNormalization => new(unchecked((int)0xC0000716));
    public static NtStatus FltNoHandlerDefined => new(unchecked((int)0xC01C0001));
    public static NtStatus FltContextAlreadyDefined => new(unchecked((int)0xC01C0002));
    public static NtStatus FltInvalidAsynchronousRequest => new(unchecked((int)0xC01C0003));
    public static NtStatus FltDisallowFastIo => new(unchecked((int)0xC01C0004));
    public static NtStatus FltInvalidNameRequest => new(unchecked((int)0xC01C0005));
    public static NtStatus FltNotSafeToPostOperation => new(unchecked((int)0xC01C0006));
    public static NtStatus FltNotInitialized => new(unchecked((int)0xC01C0007));
    public static NtStatus FltFilterNotReady => new(unchecked((int)0xC01C0008));
    public static NtStatus FltPostOperationCleanup => new(unchecked((int)0xC01C0009));
    public static NtStatus FltInternalError => new(unchecked((int)0xC01C000A));
    public static NtStatus FltDeletingObject => new(unchecked((int)0xC01C000B));
    public static NtStatus FltMustBeNonpagedPool => new(unchecked((int)0xC01C000C));
    public static NtStatus FltDuplicateEntry => new(unchecked((int)0xC01C000D));
    public static NtStatus FltCbdqDisabled => new(unchecked((int)0xC01C000E));
    public static NtStatus FltDoNotAttach => new(unchecked((int)0xC01C000F));
    public static NtStatus FltDoNotDetach => new(unchecked((int)0xC01C0010));
    public static NtStatus FltInstanceAltitudeCollision => new(unchecked((int)0xC01C0011));
    public static NtStatus FltInstanceNameCollision => new(unchecked((int)0xC01C0012));
    public static NtStatus FltFilterNotFound => new(unchecked((int)0xC01C0013));
    public static NtStatus FltVolumeNotFound => new(unchecked((int)0xC01C0014));
    public static NtStatus FltInstanceNotFound => new(unchecked((int)0xC01C0015));
    public static NtStatus FltContextAllocationNotFound => new(unchecked((int)0xC01C0016));
    public static NtStatus FltInvalidContextRegistration => new(unchecked((int)0xC01C0017));
    public static NtStatus FltNameCacheMiss => new(unchecked((int)0xC01C0018));
    public static NtStatus FltNoDeviceObject => new(unchecked((int)0xC01C0019));
    public static NtStatus FltVolumeAlreadyMounted => new(unchecked((int)0xC01C001A));
    public static NtStatus FltAlreadyEnlisted => new(unchecked((int)0xC01C001B));
    public static NtStatus FltContextAlreadyLinked => new(unchecked((int)0xC01C001C));
    public static NtStatus FltNoWaiterForReply => new(unchecked((int)0xC01C0020));

    private static readonly (int Value, string Name)[] s_namesErrors2 =
    [
        (unchecked((int)0xC0000100), "STATUS_VARIABLE_NOT_FOUND"),
        (unchecked((int)0xC0000101), "STATUS_DIRECTORY_NOT_EMPTY"),
        (unchecked((int)0xC0000102), "STATUS_FILE_CORRUPT_ERROR"),
        (unchecked((int)0xC0000103), "STATUS_NOT_A_DIRECTORY"),
        (unchecked((int)0xC0000104), "STATUS_BAD_LOGON_SESSION_STATE"),
        (unchecked((int)0xC0000105), "STATUS_LOGON_SESSION_COLLISION"),
        (unchecked((int)0xC0000106), "STATUS_NAME_TOO_LONG"),
        (unchecked((int)0xC0000107), "STATUS_FILES_OPEN"),
        (unchecked((int)0xC0000108), "STATUS_CONNECTION_IN_USE"),
        (unchecked((int)0xC0000109), "STATUS_MESSAGE_NOT_FOUND"),
        (unchecked((int)0xC000010A), "STATUS_PROCESS_IS_TERMINATING"),
        (unchecked((int)0xC000010B), "STATUS_INVALID_LOGON_TYPE"),
        (unchecked((int)0xC000010C), "STATUS_NO_GUID_TRANSLATION"),
        (unchecked((int)0xC000010D), "STATUS_CANNOT_IMPERSONATE"),
        (unchecked((int)0xC000010E), "STATUS_IMAGE_ALREADY_LOADED"),
        (unchecked((int)0xC000010F), "STATUS_ABIOS_NOT_PRESENT"),
        (unchecked((int)0xC0000110), "STATUS_ABIOS_LID_NOT_EXIST"),
        (unchecked((int)0xC0000111), "STATUS_ABIOS_LID_ALREADY_OWNED"),
        (unchecked((int)0xC0000112), "STATUS_ABIOS_NOT_LID_OWNER"),
        (unchecked((int)0xC0000113), "STATUS_ABIOS_INVALID_COMMAND"),
        (unchecked((int)0xC0000114), "STATUS_ABIOS_INVALID_LID"),
        (unchecked((int)0xC0000115), "STATUS_ABIOS_SELECTOR_NOT_AVAILABLE"),
        (unchecked((int)0xC0000116), "STATUS_ABIOS_INVALID_SELECTOR"),
        (unchecked((int)0xC0000117), "STATUS_NO_LDT"),
        (unchecked((int)0xC0000118), "STATUS_INVALID_LDT_SIZE"),
        (unchecked((int)0xC0000119), "STATUS_INVALID_LDT_OFFSET"),
        (unchecked((int)0xC000011A), "STATUS_INVALID_LDT_DESCRIPTOR"),
        (unchecked((int)0xC000011B), "STATUS_INVALID_IMAGE_NE_FORMAT"),
        (unchecked((int)0xC000011C), "STATUS_RXACT_INVALID_STATE"),
        (unchecked((int)0xC000011D), "STATUS_RXACT_COMMIT_FAILURE"),
        (unchecked((int)0xC000011E), "STATUS_MAPPED_FILE_SIZE_ZERO"),
        (unchecked((int)0xC000011F), "STATUS_TOO_MANY_OPENED_FILES"),
        (unchecked((int)0xC0000120), "STATUS_CANCELLED"),
        (unchecked((int)0xC0000121), "STATUS_CANNOT_DELETE"),
        (unchecked((int)0xC0000122), "STATUS_INVALID_COMPUTER_NAME"),
        (unchecked((int)0xC0000123), "STATUS_FILE_DELETED"),
        (unchecked((int)0xC0000124), "STATUS_SPECIAL_ACCOUNT"),
        (unchecked((int)0xC0000125), "STATUS_SPECIAL_GROUP"),
        (unchecked((int)0xC0000126), "STATUS_SPECIAL_USER"),
        (unchecked((int)0xC0000127), "STATUS_MEMBERS_PRIMARY_GROUP"),
        (unchecked((int)0xC0000128), "STATUS_FILE_CLOSED"),
        (unchecked((int)0xC0000129), "STATUS_TOO_MANY_THREADS"),
        (unchecked((int)0xC000012A), "STATUS_THREAD_NOT_IN_PROCESS"),
        (unchecked((int)0xC000012B), "STATUS_TOKEN_ALREADY_IN_USE"),
        (unchecked((int)0xC000012C), "STATUS_PAGEFILE_QUOTA_EXCEEDED"),
        (unchecked((int)0xC000012D), "STATUS_COMMITMENT_LIMIT"),
        (unchecked((int)0xC000012E), "STATUS_INVALID_IMAGE_LE_FORMAT"),
        (unchecked((int)0xC000012F), "STATUS_INVALID_IMAGE_NOT_MZ"),
        (unchecked((int)0xC0000130), "STATUS_INVALID_IMAGE_PROTECT"),
        (unchecked((int)0xC0000131), "STATUS_INVALID_IMAGE_WIN_16"),
        (unchecked((int)0xC0000133), "STATUS_TIME_DIFFERENCE_AT_DC"),
        (unchecked((int)0xC0000134), "STATUS_SYNCHRONIZATION_REQUIRED"),
        (unchecked((int)0xC0000135), "STATUS_DLL_NOT_FOUND"),
        (unchecked((int)0xC0000136), "STATUS_OPEN_FAILED"),
        (unchecked((int)0xC0000137), "STATUS_IO_PRIVILEGE_FAILED"),
        (unchecked((int)0xC0000138), "STATUS_ORDINAL_NOT_FOUND"),
        (unchecked((int)0xC0000139), "STATUS_ENTRYPOINT_NOT_FOUND"),
        (unchecked((int)0xC000013A), "STATUS_CONTROL_C_EXIT"),
        (unchecked((int)0xC000013B), "STATUS_LOCAL_DISCONNECT"),
        (unchecked((int)0xC000013C), "STATUS_REMOTE_DISCONNECT"),
        (unchecked((int)0xC000013D), "STATUS_REMOTE_RESOURCES"),
        (unchecked((int)0xC000013E), "STATUS_LINK_FAILED"),
        (unchecked((int)0xC000013F), "STATUS_LINK_TIMEOUT"),
        (unchecked((int)0xC0000140), "STATUS_INVALID_CONNECTION"),
        (unchecked((int)0xC0000141), "STATUS_INVALID_ADDRESS"),
        (unchecked((int)0xC0000142), "STATUS_DLL_INIT_FAILED"),
        (unchecked((int)0xC0000143), "STATUS_MISSING_SYSTEMFILE"),
        (unchecked((int)0xC0000144), "STATUS_UNHANDLED_EXCEPTION"),
        (unchecked((int)0xC0000145), "STATUS_APP_INIT_FAILURE"),
        (unchecked((int)0xC0000146), "STATUS_PAGEFILE_CREATE_FAILED"),
        (unchecked((int)0xC0000147), "STATUS_NO_PAGEFILE"),
        (unchecked((int)0xC0000148), "STATUS_INVALID_LEVEL"),
        (unchecked((int)0xC0000149), "STATUS_WRONG_PASSWORD_CORE"),
        (unchecked((int)0xC000014A), "STATUS_ILLEGAL_FLOAT_CONTEXT"),
        (unchecked((int)0xC000014B), "STATUS_PIPE_BROKEN"),
        (unchecked((int)0xC000014C), "STATUS_REGISTRY_CORRUPT"),
        (unchecked((int)0xC000014D), "STATUS_REGISTRY_IO_FAILED"),
        (unchecked((int)0xC000014E), "STATUS_NO_EVENT_PAIR"),
        (unchecked((int)0xC000014F), "STATUS_UNRECOGNIZED_VOLUME"),
        (unchecked((int)0xC0000150), "STATUS_SERIAL_NO_DEVICE_INITED"),
        (unchecked((int)0xC0000151), "STATUS_NO_SUCH_ALIAS"),
        (unchecked((int)0xC0000152), "STATUS_MEMBER_NOT_IN_ALIAS"),
        (unchecked((int)0xC0000153), "STATUS_MEMBER_IN_ALIAS"),
        (unchecked((int)0xC0000154), "STATUS_ALIAS_EXISTS"),
        (unchecked((int)0xC0000155), "STATUS_LOGON_NOT_GRANTED"),
        (unchecked((int)0xC0000156), "STATUS_TOO_MANY_SECRETS"),
        (unchecked((int)0xC0000157), "STATUS_SECRET_TOO_LONG"),
        (unchecked((int)0xC0000158), "STATUS_INTERNAL_DB_ERROR"),
        (unchecked((int)0xC0000159), "STATUS_FULLSCREEN_MODE"),
        (unchecked((int)0xC000015A), "STATUS_TOO_MANY_CONTEXT_IDS"),
        (unchecked((int)0xC000015B), "STATUS_LOGON_TYPE_NOT_GRANTED"),
        (unchecked((int)0xC000015C), "STATUS_NOT_REGISTRY_FILE"),
        (unchecked((int)0xC000015D), "STATUS_NT_CROSS_ENCRYPTION_REQUIRED"),
        (unchecked((int)0xC000015E), "STATUS_DOMAIN_CTRLR_CONFIG_ERROR"),
        (unchecked((int)0xC000015F), "STATUS_FT_MISSING_MEMBER"),
        (unchecked((int)0xC0000160), "STATUS_ILL_FORMED_SERVICE_ENTRY"),
        (unchecked((int)0xC0000161), "STATUS_ILLEGAL_CHARACTER"),
        (unchecked((int)0xC0000162), "STATUS_UNMAPPABLE_CHARACTER"),
        (unchecked((int)0xC0000163), "STATUS_UNDEFINED_CHARACTER"),
        (unchecked((int)0xC0000164), "STATUS_FLOPPY_VOLUME"),
        (unchecked((int)0xC0000165), "STATUS_FLOPPY_ID_MARK_NOT_FOUND"),
        (unchecked((int)0xC0000166), "STATUS_FLOPPY_WRONG_CYLINDER"),
        (unchecked((int)0xC0000167), "STATUS_FLOPPY_UNKNOWN_ERROR"),
        (unchecked((int)0xC0000168), "STATUS_FLOPPY_BAD_REGISTERS"),
        (unchecked((int)0xC0000169), "STATUS_DISK_RECALIBRATE_FAILED"),
        (unchecked((int)0xC000016A), "STATUS_DISK_OPERATION_FAILED"),
        (unchecked((int)0xC000016B), "STATUS_DISK_RESET_FAILED"),
        (unchecked((int)0xC000016C), "STATUS_SHARED_IRQ_BUSY"),
        (unchecked((int)0xC000016D), "STATUS_FT_ORPHANING"),
        (unchecked((int)0xC000016E), "STATUS_BIOS_FAILED_TO_CONNECT_INTERRUPT"),
        (unchecked((int)0xC0000172), "STATUS_PARTITION_FAILURE"),
        (unchecked((int)0xC0000173), "STATUS_INVALID_BLOCK_LENGTH"),
        (unchecked((int)0xC0000174), "STATUS_DEVICE_NOT_PARTITIONED"),
        (unchecked((int)0xC0000175), "STATUS_UNABLE_TO_LOCK_MEDIA"),
        (unchecked((int)0xC0000176), "STATUS_UNABLE_TO_UNLOAD_MEDIA"),
        (unchecked((int)0xC0000177), "STATUS_EOM_OVERFLOW"),
        (unchecked((int)0xC0000178), "STATUS_NO_MEDIA"),
        (unchecked((int)0xC000017A), "STATUS_NO_SUCH_MEMBER"),
        (unchecked((int)0xC000017B), "STATUS_INVALID_MEMBER"),
        (unchecked((int)0xC000017C), "STATUS_KEY_DELETED"),
        (unchecked((int)0xC000017D), "STATUS_NO_LOG_SPACE"),
        (unchecked((int)0xC000017E), "STATUS_TOO_MANY_SIDS"),
        (unchecked((int)0xC000017F), "STATUS_LM_CROSS_ENCRYPTION_REQUIRED"),
        (unchecked((int)0xC0000180), "STATUS_KEY_HAS_CHILDREN"),
        (unchecked((int)0xC0000181), "STATUS_CHILD_MUST_BE_VOLATILE"),
        (unchecked((int)0xC0000182), "STATUS_DEVICE_CONFIGURATION_ERROR"),
        (unchecked((int)0xC0000183), "STATUS_DRIVER_INTERNAL_ERROR"),
        (unchecked((int)0xC0000184), "STATUS_INVALID_DEVICE_STATE"),
        (unchecked((int)0xC0000185), "STATUS_IO_DEVICE_ERROR"),
        (unchecked((int)0xC0000186), "STATUS_DEVICE_PROTOCOL_ERROR"),
        (unchecked((int)0xC0000187), "STATUS_BACKUP_CONTROLLER"),
        (unchecked((int)0xC0000188), "STATUS_LOG_FILE_FULL"),
        (unchecked((int)0xC0000189), "STATUS_TOO_LATE"),
        (unchecked((int)0xC000018E), "STATUS_EVENTLOG_FILE_CORRUPT"),
        (unchecked((int)0xC000018F), "STATUS_EVENTLOG_CANT_START"),
        (unchecked((int)0xC0000191), "STATUS_MUTANT_LIMIT_EXCEEDED"),
        (unchecked((int)0xC0000192), "STATUS_NETLOGON_NOT_STARTED"),
        (unchecked((int)0xC0000193), "STATUS_ACCOUNT_EXPIRED"),
        (unchecked((int)0xC0000194), "STATUS_POSSIBLE_DEADLOCK"),
        (unchecked((int)0xC0000195), "STATUS_NETWORK_CREDENTIAL_CONFLICT"),
        (unchecked((int)0xC0000196), "STATUS_REMOTE_SESSION_LIMIT"),
        (unchecked((int)0xC0000197), "STATUS_EVENTLOG_FILE_CHANGED"),
        (unchecked((int)0xC000019C), "STATUS_FS_DRIVER_REQUIRED"),
        (unchecked((int)0xC000019D), "STATUS_IMAGE_ALREADY_LOADED_AS_DLL"),
        (unchecked((int)0xC000019E), "STATUS_INCOMPATIBLE_WITH_GLOBAL_SHORT_NAME_REGISTRY_SETTING"),
        (unchecked((int)0xC000019F), "STATUS_SHORT_NAMES_NOT_ENABLED_ON_VOLUME"),
        (unchecked((int)0xC00001A0), "STATUS_SECURITY_STREAM_IS_INCONSISTENT"),
        (unchecked((int)0xC00001A1), "STATUS_INVALID_LOCK_RANGE"),
        (unchecked((int)0xC00001A2), "STATUS_INVALID_ACE_CONDITION"),
        (unchecked((int)0xC00001A3), "STATUS_IMAGE_SUBSYSTEM_NOT_PRESENT"),
        (unchecked((int)0xC00001A4), "STATUS_NOTIFICATION_GUID_ALREADY_DEFINED"),
        (unchecked((int)0xC0000201), "STATUS_NETWORK_OPEN_RESTRICTION"),
        (unchecked((int)0xC0000202), "STATUS_NO_USER_SESSION_KEY"),
        (unchecked((int)0xC0000203), "STATUS_USER_SESSION_DELETED"),
        (unchecked((int)0xC0000204), "STATUS_RESOURCE_LANG_NOT_FOUND"),
        (unchecked((int)0xC0000205), "STATUS_INSUFF_SERVER_RESOURCES"),
        (unchecked((int)0xC0000206), "STATUS_INVALID_BUFFER_SIZE"),
        (unchecked((int)0xC0000207), "STATUS_INVALID_ADDRESS_COMPONENT"),
        (unchecked((int)0xC0000208), "STATUS_INVALID_ADDRESS_WILDCARD"),
        (unchecked((int)0xC0000209), "STATUS_TOO_MANY_ADDRESSES"),
        (unchecked((int)0xC000020A), "STATUS_ADDRESS_ALREADY_EXISTS"),
        (unchecked((int)0xC000020B), "STATUS_ADDRESS_CLOSED"),
        (unchecked((int)0xC000020C), "STATUS_CONNECTION_DISCONNECTED"),
        (unchecked((int)0xC000020D), "STATUS_CONNECTION_RESET"),
        (unchecked((int)0xC000020E), "STATUS_TOO_MANY_NODES"),
        (unchecked((int)0xC000020F), "STATUS_TRANSACTION_ABORTED"),
        (unchecked((int)0xC0000210), "STATUS_TRANSACTION_TIMED_OUT"),
        (unchecked((int)0xC0000211), "STATUS_TRANSACTION_NO_RELEASE"),
        (unchecked((int)0xC0000212), "STATUS_TRANSACTION_NO_MATCH"),
        (unchecked((int)0xC0000213), "STATUS_TRANSACTION_RESPONDED"),
        (unchecked((int)0xC0000214), "STATUS_TRANSACTION_INVALID_ID"),
        (unchecked((int)0xC0000215), "STATUS_TRANSACTION_INVALID_TYPE"),
        (unchecked((int)0xC0000216), "STATUS_NOT_SERVER_SESSION"),
        (unchecked((int)0xC0000217), "STATUS_NOT_CLIENT_SESSION"),
        (unchecked((int)0xC0000218), "STATUS_CANNOT_LOAD_REGISTRY_FILE"),
        (unchecked((int)0xC0000219), "STATUS_DEBUG_ATTACH_FAILED"),
        (unchecked((int)0xC000021A), "STATUS_SYSTEM_PROCESS_TERMINATED"),
        (unchecked((int)0xC000021B), "STATUS_DATA_NOT_ACCEPTED"),
        (unchecked((int)0xC000021C), "STATUS_NO_BROWSER_SERVERS_FOUND"),
        (unchecked((int)0xC000021D), "STATUS_VDM_HARD_ERROR"),
        (unchecked((int)0xC000021E), "STATUS_DRIVER_CANCEL_TIMEOUT"),
        (unchecked((int)0xC000021F), "STATUS_REPLY_MESSAGE_MISMATCH"),
        (unchecked((int)0xC0000220), "STATUS_MAPPED_ALIGNMENT"),
        (unchecked((int)0xC0000221), "STATUS_IMAGE_CHECKSUM_MISMATCH"),
        (unchecked((int)0xC0000222), "STATUS_LOST_WRITEBEHIND_DATA"),
        (unchecked((int)0xC0000223), "STATUS_CLIENT_SERVER_PARAMETERS_INVALID"),
        (unchecked((int)0xC0000224), "STATUS_PASSWORD_MUST_CHANGE"),
        (unchecked((int)0xC0000225), "STATUS_NOT_FOUND"),
        (unchecked((int)0xC0000226), "STATUS_NOT_TINY_STREAM"),
        (unchecked((int)0xC0000227), "STATUS_RECOVERY_FAILURE"),
        (unchecked((int)0xC0000228), "STATUS_STACK_OVERFLOW_READ"),
        (unchecked((int)0xC0000229), "STATUS_FAIL_CHECK"),
        (unchecked((int)0xC000022A), "STATUS_DUPLICATE_OBJECTID"),
        (unchecked((int)0xC000022B), "STATUS_OBJECTID_EXISTS"),
        (unchecked((int)0xC000022C), "STATUS_CONVERT_TO_LARGE"),
        (unchecked((int)0xC000022D), "STATUS_RETRY"),
        (unchecked((int)0xC000022E), "STATUS_FOUND_OUT_OF_SCOPE"),
        (unchecked((int)0xC000022F), "STATUS_ALLOCATE_BUCKET"),
        (unchecked((int)0xC0000230), "STATUS_PROPSET_NOT_FOUND"),
        (unchecked((int)0xC0000231), "STATUS_MARSHALL_OVERFLOW"),
        (unchecked((int)0xC0000232), "STATUS_INVALID_VARIANT"),
        (unchecked((int)0xC0000233), "STATUS_DOMAIN_CONTROLLER_NOT_FOUND"),
        (unchecked((int)0xC0000234), "STATUS_ACCOUNT_LOCKED_OUT"),
        (unchecked((int)0xC0000235), "STATUS_HANDLE_NOT_CLOSABLE"),
        (unchecked((int)0xC0000236), "STATUS_CONNECTION_REFUSED"),
        (unchecked((int)0xC0000237), "STATUS_GRACEFUL_DISCONNECT"),
        (unchecked((int)0xC0000238), "STATUS_ADDRESS_ALREADY_ASSOCIATED"),
        (unchecked((int)0xC0000239), "STATUS_ADDRESS_NOT_ASSOCIATED"),
        (unchecked((int)0xC000023A), "STATUS_CONNECTION_INVALID"),
        (unchecked((int)0xC000023B), "STATUS_CONNECTION_ACTIVE"),
        (unchecked((int)0xC000023C), "STATUS_NETWORK_UNREACHABLE"),
        (unchecked((int)0xC000023D), "STATUS_HOST_UNREACHABLE"),
        (unchecked((int)0xC000023E), "STATUS_PROTOCOL_UNREACHABLE"),
        (unchecked((int)0xC000023F), "STATUS_PORT_UNREACHABLE"),
        (unchecked((int)0xC0000240), "STATUS_REQUEST_ABORTED"),
        (unchecked((int)0xC0000241), "STATUS_CONNECTION_ABORTED"),
        (unchecked((int)0xC0000242), "STATUS_BAD_COMPRESSION_BUFFER"),
        (unchecked((int)0xC0000243), "STATUS_USER_MAPPED_FILE"),
        (unchecked((int)0xC0000244), "STATUS_AUDIT_FAILED"),
        (unchecked((int)0xC0000245), "STATUS_TIMER_RESOLUTION_NOT_SET"),
        (unchecked((int)0xC0000246), "STATUS_CONNECTION_COUNT_LIMIT"),
        (unchecked((int)0xC0000247), "STATUS_LOGIN_TIME_RESTRICTION"),
        (unchecked((int)0xC0000248), "STATUS_LOGIN_WKSTA_RESTRICTION"),
        (unchecked((int)0xC0000249), "STATUS_IMAGE_MP_UP_MISMATCH"),
        (unchecked((int)0xC0000250), "STATUS_INSUFFICIENT_LOGON_INFO"),
        (unchecked((int)0xC0000251), "STATUS_BAD_DLL_ENTRYPOINT"),
        (unchecked((int)0xC0000252), "STATUS_BAD_SERVICE_ENTRYPOINT"),
        (unchecked((int)0xC0000253), "STATUS_LPC_REPLY_LOST"),
        (unchecked((int)0xC0000254), "STATUS_IP_ADDRESS_CONFLICT1"),
        (unchecked((int)0xC0000255), "STATUS_IP_ADDRESS_CONFLICT2"),
        (unchecked((int)0xC0000256), "STATUS_REGISTRY_QUOTA_LIMIT"),
        (unchecked((int)0xC0000257), "STATUS_PATH_NOT_COVERED"),
        (unchecked((int)0xC0000258), "STATUS_NO_CALLBACK_ACTIVE"),
        (unchecked((int)0xC0000259), "STATUS_LICENSE_QUOTA_EXCEEDED"),
        (unchecked((int)0xC000025A), "STATUS_PWD_TOO_SHORT"),
        (unchecked((int)0xC000025B), "STATUS_PWD_TOO_RECENT"),
        (unchecked((int)0xC000025C), "STATUS_PWD_HISTORY_CONFLICT"),
        (unchecked((int)0xC000025E), "STATUS_PLUGPLAY_NO_DEVICE"),
        (unchecked((int)0xC000025F), "STATUS_UNSUPPORTED_COMPRESSION"),
        (unchecked((int)0xC0000260), "STATUS_INVALID_HW_PROFILE"),
        (unchecked((int)0xC0000261), "STATUS_INVALID_PLUGPLAY_DEVICE_PATH"),
        (unchecked((int)0xC0000262), "STATUS_DRIVER_ORDINAL_NOT_FOUND"),
        (unchecked((int)0xC0000263), "STATUS_DRIVER_ENTRYPOINT_NOT_FOUND"),
        (unchecked((int)0xC0000264), "STATUS_RESOURCE_NOT_OWNED"),
        (unchecked((int)0xC0000265), "STATUS_TOO_MANY_LINKS"),
        (unchecked((int)0xC0000266), "STATUS_QUOTA_LIST_INCONSISTENT"),
        (unchecked((int)0xC0000267), "STATUS_FILE_IS_OFFLINE"),
        (unchecked((int)0xC0000268), "STATUS_EVALUATION_EXPIRATION"),
        (unchecked((int)0xC0000269), "STATUS_ILLEGAL_DLL_RELOCATION"),
        (unchecked((int)0xC000026A), "STATUS_LICENSE_VIOLATION"),
        (unchecked((int)0xC000026B), "STATUS_DLL_INIT_FAILED_LOGOFF"),
        (unchecked((int)0xC000026C), "STATUS_DRIVER_UNABLE_TO_LOAD"),
        (unchecked((int)0xC000026D), "STATUS_DFS_UNAVAILABLE"),
        (unchecked((int)0xC000026E), "STATUS_VOLUME_DISMOUNTED"),
        (unchecked((int)0xC0000271), "STATUS_VALIDATE_CONTINUE"),
        (unchecked((int)0xC0000272), "STATUS_NO_MATCH"),
        (unchecked((int)0xC0000273), "STATUS_NO_MORE_MATCHES"),
        (unchecked((int)0xC0000275), "STATUS_NOT_A_REPARSE_POINT"),
        (unchecked((int)0xC0000276), "STATUS_IO_REPARSE_TAG_INVALID"),
        (unchecked((int)0xC0000277), "STATUS_IO_REPARSE_TAG_MISMATCH"),
        (unchecked((int)0xC0000278), "STATUS_IO_REPARSE_DATA_INVALID"),
        (unchecked((int)0xC0000279), "STATUS_IO_REPARSE_TAG_NOT_HANDLED"),
        (unchecked((int)0xC0000280), "STATUS_REPARSE_POINT_NOT_RESOLVED"),
        (unchecked((int)0xC0000281), "STATUS_DIRECTORY_IS_A_REPARSE_POINT"),
        (unchecked((int)0xC0000282), "STATUS_RANGE_LIST_CONFLICT"),
        (unchecked((int)0xC0000283), "STATUS_SOURCE_ELEMENT_EMPTY"),
        (unchecked((int)0xC0000284), "STATUS_DESTINATION_ELEMENT_FULL"),
        (unchecked((int)0xC0000285), "STATUS_ILLEGAL_ELEMENT_ADDRESS"),
        (unchecked((int)0xC0000286), "STATUS_MAGAZINE_NOT_PRESENT"),
        (unchecked((int)0xC0000287), "STATUS_REINITIALIZATION_NEEDED"),
        (unchecked((int)0xC000028A), "STATUS_ENCRYPTION_FAILED"),
        (unchecked((int)0xC000028B), "STATUS_DECRYPTION_FAILED"),
        (unchecked((int)0xC000028C), "STATUS_RANGE_NOT_FOUND"),
        (unchecked((int)0xC000028D), "STATUS_NO_RECOVERY_POLICY"),
        (unchecked((int)0xC000028E), "STATUS_NO_EFS"),
        (unchecked((int)0xC000028F), "STATUS_WRONG_EFS"),
        (unchecked((int)0xC0000290), "STATUS_NO_USER_KEYS"),
        (unchecked((int)0xC0000291), "STATUS_FILE_NOT_ENCRYPTED"),
        (unchecked((int)0xC0000292), "STATUS_NOT_EXPORT_FORMAT"),
        (unchecked((int)0xC0000293), "STATUS_FILE_ENCRYPTED"),
        (unchecked((int)0xC0000295), "STATUS_WMI_GUID_NOT_FOUND"),
        (unchecked((int)0xC0000296), "STATUS_WMI_INSTANCE_NOT_FOUND"),
        (unchecked((int)0xC0000297), "STATUS_WMI_ITEMID_NOT_FOUND"),
        (unchecked((int)0xC0000298), "STATUS_WMI_TRY_AGAIN"),
        (unchecked((int)0xC0000299), "STATUS_SHARED_POLICY"),
        (unchecked((int)0xC000029A), "STATUS_POLICY_OBJECT_NOT_FOUND"),
        (unchecked((int)0xC000029B), "STATUS_POLICY_ONLY_IN_DS"),
        (unchecked((int)0xC000029C), "STATUS_VOLUME_NOT_UPGRADED"),
        (unchecked((int)0xC000029D), "STATUS_REMOTE_STORAGE_NOT_ACTIVE"),
        (unchecked((int)0xC000029E), "STATUS_REMOTE_STORAGE_MEDIA_ERROR"),
        (unchecked((int)0xC000029F), "STATUS_NO_TRACKING_SERVICE"),
        (unchecked((int)0xC00002A0), "STATUS_SERVER_SID_MISMATCH"),
        (unchecked((int)0xC00002B1), "STATUS_DIRECTORY_SERVICE_REQUIRED"),
        (unchecked((int)0xC00002B2), "STATUS_REPARSE_ATTRIBUTE_CONFLICT"),
        (unchecked((int)0xC00002B3), "STATUS_CANT_ENABLE_DENY_ONLY"),
        (unchecked((int)0xC00002B4), "STATUS_FLOAT_MULTIPLE_FAULTS"),
        (unchecked((int)0xC00002B5), "STATUS_FLOAT_MULTIPLE_TRAPS"),
        (unchecked((int)0xC00002B6), "STATUS_DEVICE_REMOVED"),
        (unchecked((int)0xC00002B7), "STATUS_JOURNAL_DELETE_IN_PROGRESS"),
        (unchecked((int)0xC00002B8), "STATUS_JOURNAL_NOT_ACTIVE"),
        (unchecked((int)0xC00002B9), "STATUS_NOINTERFACE"),
        (unchecked((int)0xC00002C2), "STATUS_DRIVER_FAILED_SLEEP"),
        (unchecked((int)0xC00002C3), "STATUS_MUTUAL_AUTHENTICATION_FAILED"),
        (unchecked((int)0xC00002C4), "STATUS_CORRUPT_SYSTEM_FILE"),
        (unchecked((int)0xC00002C5), "STATUS_DATATYPE_MISALIGNMENT_ERROR"),
        (unchecked((int)0xC00002C6), "STATUS_WMI_READ_ONLY"),
        (unchecked((int)0xC00002C7), "STATUS_WMI_SET_FAILURE"),
        (unchecked((int)0xC00002C8), "STATUS_COMMITMENT_MINIMUM"),
        (unchecked((int)0xC00002C9), "STATUS_REG_NAT_CONSUMPTION"),
        (unchecked((int)0xC00002CA), "STATUS_TRANSPORT_FULL"),
        (unchecked((int)0xC00002CC), "STATUS_ONLY_IF_CONNECTED"),
        (unchecked((int)0xC00002CE), "STATUS_PNP_RESTART_ENUMERATION"),
        (unchecked((int)0xC00002CF), "STATUS_JOURNAL_ENTRY_DELETED"),
        (unchecked((int)0xC00002D1), "STATUS_SYSTEM_IMAGE_BAD_SIGNATURE"),
        (unchecked((int)0xC00002D2), "STATUS_PNP_REBOOT_REQUIRED"),
        (unchecked((int)0xC00002D3), "STATUS_POWER_STATE_INVALID"),
        (unchecked((int)0xC00002DD), "STATUS_WMI_NOT_SUPPORTED"),
        (unchecked((int)0xC00002DE), "STATUS_INSUFFICIENT_POWER"),
        (unchecked((int)0xC00002E8), "STATUS_MULTIPLE_FAULT_VIOLATION"),
        (unchecked((int)0xC00002E9), "STATUS_CURRENT_DOMAIN_NOT_ALLOWED"),
        (unchecked((int)0xC00002EA), "STATUS_CANNOT_MAKE"),
        (unchecked((int)0xC00002EB), "STATUS_SYSTEM_SHUTDOWN"),
        (unchecked((int)0xC00002EE), "STATUS_UNFINISHED_CONTEXT_DELETED"),
        (unchecked((int)0xC00002EF), "STATUS_NO_TGT_REPLY"),
        (unchecked((int)0xC00002F0), "STATUS_OBJECTID_NOT_FOUND"),
        (unchecked((int)0xC00002F1), "STATUS_NO_IP_ADDRESSES"),
        (unchecked((int)0xC00002F2), "STATUS_WRONG_CREDENTIAL_HANDLE"),
        (unchecked((int)0xC00002F3), "STATUS_CRYPTO_SYSTEM_INVALID"),
        (unchecked((int)0xC00002F4), "STATUS_MAX_REFERRALS_EXCEEDED"),
        (unchecked((int)0xC00002F5), "STATUS_MUST_BE_KDC"),
        (unchecked((int)0xC00002F6), "STATUS_STRONG_CRYPTO_NOT_SUPPORTED"),
        (unchecked((int)0xC00002F7), "STATUS_TOO_MANY_PRINCIPALS"),
        (unchecked((int)0xC00002F8), "STATUS_NO_PA_DATA"),
        (unchecked((int)0xC00002F9), "STATUS_PKINIT_NAME_MISMATCH"),
        (unchecked((int)0xC00002FB), "STATUS_KDC_INVALID_REQUEST"),
        (unchecked((int)0xC00002FC), "STATUS_KDC_UNABLE_TO_REFER"),
        (unchecked((int)0xC00002FD), "STATUS_KDC_UNKNOWN_ETYPE"),
        (unchecked((int)0xC00002FE), "STATUS_SHUTDOWN_IN_PROGRESS"),
        (unchecked((int)0xC00002FF), "STATUS_SERVER_SHUTDOWN_IN_PROGRESS"),
        (unchecked((int)0xC0000300), "STATUS_NOT_SUPPORTED_ON_SBS"),
        (unchecked((int)0xC0000301), "STATUS_WMI_GUID_DISCONNECTED"),
        (unchecked((int)0xC0000302), "STATUS_WMI_ALREADY_DISABLED"),
        (unchecked((int)0xC0000303), "STATUS_WMI_ALREADY_ENABLED"),
        (unchecked((int)0xC0000304), "STATUS_MFT_TOO_FRAGMENTED"),
        (unchecked((int)0xC0000305), "STATUS_COPY_PROTECTION_FAILURE"),
        (unchecked((int)0xC0000306), "STATUS_CSS_AUTHENTICATION_FAILURE"),
        (unchecked((int)0xC0000307), "STATUS_CSS_KEY_NOT_PRESENT"),
        (unchecked((int)0xC0000308), "STATUS_CSS_KEY_NOT_ESTABLISHED"),
        (unchecked((int)0xC0000309), "STATUS_CSS_SCRAMBLED_SECTOR"),
        (unchecked((int)0xC000030A), "STATUS_CSS_REGION_MISMATCH"),
        (unchecked((int)0xC000030B), "STATUS_CSS_RESETS_EXHAUSTED"),
        (unchecked((int)0xC0000320), "STATUS_PKINIT_FAILURE"),
        (unchecked((int)0xC0000322), "STATUS_NO_KERB_KEY"),
        (unchecked((int)0xC0000350), "STATUS_HOST_DOWN"),
        (unchecked((int)0xC0000351), "STATUS_UNSUPPORTED_PREAUTH"),
        (unchecked((int)0xC0000352), "STATUS_EFS_ALG_BLOB_TOO_BIG"),
        (unchecked((int)0xC0000353), "STATUS_PORT_NOT_SET"),
        (unchecked((int)0xC0000354), "STATUS_DEBUGGER_INACTIVE"),
        (unchecked((int)0xC0000356), "STATUS_AUDITING_DISABLED"),
        (unchecked((int)0xC0000357), "STATUS_PRENT4_MACHINE_ACCOUNT"),
        (unchecked((int)0xC0000359), "STATUS_INVALID_IMAGE_WIN_32"),
        (unchecked((int)0xC000035A), "STATUS_INVALID_IMAGE_WIN_64"),
        (unchecked((int)0xC000035B), "STATUS_BAD_BINDINGS"),
        (unchecked((int)0xC000035C), "STATUS_NETWORK_SESSION_EXPIRED"),
        (unchecked((int)0xC000035D), "STATUS_APPHELP_BLOCK"),
        (unchecked((int)0xC000035F), "STATUS_NOT_SAFE_MODE_DRIVER"),
        (unchecked((int)0xC0000361), "STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT"),
        (unchecked((int)0xC0000362), "STATUS_ACCESS_DISABLED_BY_POLICY_PATH"),
        (unchecked((int)0xC0000363), "STATUS_ACCESS_DISABLED_BY_POLICY_PUBLISHER"),
        (unchecked((int)0xC0000364), "STATUS_ACCESS_DISABLED_BY_POLICY_OTHER"),
        (unchecked((int)0xC0000365), "STATUS_FAILED_DRIVER_ENTRY"),
        (unchecked((int)0xC0000366), "STATUS_DEVICE_ENUMERATION_ERROR"),
        (unchecked((int)0xC0000368), "STATUS_MOUNT_POINT_NOT_RESOLVED"),
        (unchecked((int)0xC0000369), "STATUS_INVALID_DEVICE_OBJECT_PARAMETER"),
        (unchecked((int)0xC000036A), "STATUS_MCA_OCCURED"),
        (unchecked((int)0xC000036B), "STATUS_DRIVER_BLOCKED_CRITICAL"),
        (unchecked((int)0xC000036C), "STATUS_DRIVER_BLOCKED"),
        (unchecked((int)0xC000036D), "STATUS_DRIVER_DATABASE_ERROR"),
        (unchecked((int)0xC000036E), "STATUS_SYSTEM_HIVE_TOO_LARGE"),
        (unchecked((int)0xC000036F), "STATUS_INVALID_IMPORT_OF_NON_DLL"),
        (unchecked((int)0xC0000371), "STATUS_NO_SECRETS"),
        (unchecked((int)0xC0000372), "STATUS_ACCESS_DISABLED_NO_SAFER_UI_BY_POLICY"),
        (unchecked((int)0xC0000373), "STATUS_FAILED_STACK_SWITCH"),
        (unchecked((int)0xC0000374), "STATUS_HEAP_CORRUPTION"),
        (unchecked((int)0xC0000388), "STATUS_DOWNGRADE_DETECTED"),
        (unchecked((int)0xC000038B), "STATUS_REVOCATION_OFFLINE_C"),
        (unchecked((int)0xC000038C), "STATUS_PKINIT_CLIENT_FAILURE"),
        (unchecked((int)0xC000038E), "STATUS_DRIVER_FAILED_PRIOR_UNLOAD"),
        (unchecked((int)0xC0000409), "STATUS_STACK_BUFFER_OVERRUN"),
        (unchecked((int)0xC0000420), "STATUS_ASSERTION_FAILURE"),
        (unchecked((int)0xC0000424), "STATUS_INCOMPATIBLE_DRIVER_BLOCKED"),
        (unchecked((int)0xC0000425), "STATUS_HIVE_UNLOADED"),
        (unchecked((int)0xC0000427), "STATUS_FILE_SYSTEM_LIMITATION"),
        (unchecked((int)0xC0000428), "STATUS_INVALID_IMAGE_HASH"),
        (unchecked((int)0xC0000429), "STATUS_NOT_CAPABLE"),
        (unchecked((int)0xC000042B), "STATUS_IMPLEMENTATION_LIMIT"),
        (unchecked((int)0xC0000432), "STATUS_BEYOND_VDL"),
        (unchecked((int)0xC0000700), "STATUS_PORT_CLOSED"),
        (unchecked((int)0xC0000701), "STATUS_MESSAGE_LOST"),
        (unchecked((int)0xC0000702), "STATUS_INVALID_MESSAGE"),
        (unchecked((int)0xC0000705), "STATUS_LPC_RECEIVE_BUFFER_EXPECTED"),
        (unchecked((int)0xC0000706), "STATUS_LPC_INVALID_CONNECTION_USAGE"),
        (unchecked((int)0xC0000708), "STATUS_RESOURCE_IN_USE"),
        (unchecked((int)0xC000070A), "STATUS_THREADPOOL_HANDLE_EXCEPTION"),
        (unchecked((int)0xC0000716), "STATUS_INVALID_IDN_NORMALIZATION"),
        (unchecked((int)0xC01C0001), "STATUS_FLT_NO_HANDLER_DEFINED"),
        (unchecked((int)0xC01C0002), "STATUS_FLT_CONTEXT_ALREADY_DEFINED"),
        (unchecked((int)0xC01C0003), "STATUS_FLT_INVALID_ASYNCHRONOUS_REQUEST"),
        (unchecked((int)0xC01C0004), "STATUS_FLT_DISALLOW_FAST_IO"),
        (unchecked((int)0xC01C0005), "STATUS_FLT_INVALID_NAME_REQUEST"),
        (unchecked((int)0xC01C0006), "STATUS_FLT_NOT_SAFE_TO_POST_OPERATION"),
        (unchecked((int)0xC01C0007), "STATUS_FLT_NOT_INITIALIZED"),
        (unchecked((int)0xC01C0008), "STATUS_FLT_FILTER_NOT_READY"),
        (unchecked((int)0xC01C0009), "STATUS_FLT_POST_OPERATION_CLEANUP"),
        (unchecked((int)0xC01C000A), "STATUS_FLT_INTERNAL_ERROR"),
        (unchecked((int)0xC01C000B), "STATUS_FLT_DELETING_OBJECT"),
        (unchecked((int)0xC01C000C), "STATUS_FLT_MUST_BE_NONPAGED_POOL"),
        (unchecked((int)0xC01C000D), "STATUS_FLT_DUPLICATE_ENTRY"),
        (unchecked((int)0xC01C000E), "STATUS_FLT_CBDQ_DISABLED"),
        (unchecked((int)0xC01C000F), "STATUS_FLT_DO_NOT_ATTACH"),
        (unchecked((int)0xC01C0010), "STATUS_FLT_DO_NOT_DETACH"),
        (unchecked((int)0xC01C0011), "STATUS_FLT_INSTANCE_ALTITUDE_COLLISION"),
        (unchecked((int)0xC01C0012), "STATUS_FLT_INSTANCE_NAME_COLLISION"),
        (unchecked((int)0xC01C0013), "STATUS_FLT_FILTER_NOT_FOUND"),
        (unchecked((int)0xC01C0014), "STATUS_FLT_VOLUME_NOT_FOUND"),
        (unchecked((int)0xC01C0015), "STATUS_FLT_INSTANCE_NOT_FOUND"),
        (unchecked((int)0xC01C0016), "STATUS_FLT_CONTEXT_ALLOCATION_NOT_FOUND"),
        (unchecked((int)0xC01C0017), "STATUS_FLT_INVALID_CONTEXT_REGISTRATION"),
        (unchecked((int)0xC01C0018), "STATUS_FLT_NAME_CACHE_MISS"),
        (unchecked((int)0xC01C0019), "STATUS_FLT_NO_DEVICE_OBJECT"),
        (unchecked((int)0xC01C001A), "STATUS_FLT_VOLUME_ALREADY_MOUNTED"),
        (unchecked((int)0xC01C001B), "STATUS_FLT_ALREADY_ENLISTED"),
        (unchecked((int)0xC01C001C), "STATUS_FLT_CONTEXT_ALREADY_LINKED"),
        (unchecked((int)0xC01C0020), "STATUS_FLT_NO_WAITER_FOR_REPLY"),
    ];
}
