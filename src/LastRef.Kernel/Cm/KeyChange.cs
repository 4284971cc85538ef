namespace LastRef.Kernel;

/// <summary>What of a key changed: REG_NOTIFY_CHANGE_* (Doc: ZwNotifyChangeKey, ntifs.h).</summary>
[Flags]
internal enum KeyChange : uint
{
    /// <summary>A subkey was made or deleted.</summary>
    Name = 1,

    Attributes = 2,

    /// <summary>A value was written or deleted.</summary>
    LastSet = 4,

    Security = 8,

    All = 0xF,
}
