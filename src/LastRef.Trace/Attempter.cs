namespace LastRef;

/// <summary>Who asked for the unload (spec 3.1).</summary>
public enum Attempter
{
    None,

    /// <summary>The service control manager through NtUnloadDriver.</summary>
    Scm,

    /// <summary>Another kernel driver through ZwUnloadDriver.</summary>
    Driver,

    /// <summary>The PnP manager after the last device of the driver went (U-3.50).</summary>
    Pnp,

    /// <summary>The I/O manager when what deferred an accepted attempt went away (U-3.4).</summary>
    Io,
}
