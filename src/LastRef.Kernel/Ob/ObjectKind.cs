namespace LastRef.Kernel;

/// <summary>Object types of the lab; the names are those of the objects in <c>\ObjectTypes</c>.</summary>
internal enum ObjectKind
{
    Type,
    Directory,
    SymbolicLink,
    Driver,
    Device,
    File,
    Event,
    Semaphore,
    Mutant,
    Timer,
    Thread,
    Process,
    Job,
    Key,
    Section,
    Callback,
    Token,
    Adapter,
    Controller,
    Desktop,
    WindowStation,
    WaitPort,
}
