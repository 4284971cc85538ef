/* Structures of the WDK headers, complete, for the reader of PDB types. */
#include <ntddk.h>

struct fixture_kinds
{
    unsigned char Grid[2][3];
    struct { ULONG Low : 3; ULONG High : 29; } Bits;
    union { LONGLONG Wide; ULONG Deep; };
    PDRIVER_UNLOAD Unload;
    const struct fixture_kinds *Next;
    POOL_TYPE Pool;
};

DRIVER_OBJECT Driver;
DEVICE_OBJECT Device;
DRIVER_EXTENSION Extension;
FILE_OBJECT File;
IRP Request;
IO_STACK_LOCATION Location;
MDL List;
VPB Volume;
KEVENT Event;
KDPC Dpc;
KTIMER Timer;
IO_STATUS_BLOCK Status;
struct fixture_kinds Kinds;

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    Kinds.Unload = driver->DriverUnload;
    Kinds.Bits.Low = (ULONG)Request.Flags;
    return Location.MajorFunction + (NTSTATUS)(ULONG_PTR)File.FsContext;
}
