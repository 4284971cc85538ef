/*
 * t-cookie: a driver with a security cookie, as Microsoft's compiler makes them: the entry point is GsDriverEntry, which seeds
 * the cookie unless the loader did, functions with buffers check it, and the load configuration names it. Experiment 1
 * overruns a buffer on purpose: bug check 0xF7.
 *
 * The kernel headers at hand do not compile for this target, so the few declarations needed are made here.
 * SPDX-License-Identifier: MIT
 */
typedef unsigned char UCHAR;
typedef unsigned short USHORT;
typedef unsigned int ULONG;
typedef unsigned long long ULONG64;
typedef int NTSTATUS;
typedef USHORT WCHAR;

typedef struct {
    USHORT Length;
    USHORT MaximumLength;
    WCHAR *Buffer;
} UNICODE_STRING;

typedef struct DEVICE_OBJECT DEVICE_OBJECT;
typedef struct IRP IRP;
typedef struct DRIVER_OBJECT DRIVER_OBJECT;

/* Only the fields used here are named. */
struct DRIVER_OBJECT {
    UCHAR Before[0x68];
    void (*DriverUnload)(DRIVER_OBJECT *DriverObject);
    NTSTATUS (*MajorFunction[28])(DEVICE_OBJECT *DeviceObject, IRP *Irp);
};

struct IRP {
    UCHAR Before[0x18];
    void *SystemBuffer;
    UCHAR Between[0x10];
    NTSTATUS Status;
    UCHAR AfterStatus[4];
    ULONG64 Information;
    UCHAR Rest[0x78];
    struct STACK_LOCATION *CurrentStackLocation;
};

typedef struct STACK_LOCATION {
    UCHAR Before[8];
    ULONG OutputBufferLength;
    ULONG Padding1;
    ULONG InputBufferLength;
    ULONG Padding2;
    ULONG IoControlCode;
} STACK_LOCATION;

_Static_assert(__builtin_offsetof(DRIVER_OBJECT, MajorFunction) == 0x70, "DRIVER_OBJECT");
_Static_assert(__builtin_offsetof(IRP, Information) == 0x38, "IRP");
_Static_assert(__builtin_offsetof(IRP, CurrentStackLocation) == 0xB8, "IRP");

#define IMPORT __declspec(dllimport)
IMPORT NTSTATUS IoCreateDevice(DRIVER_OBJECT *, ULONG, UNICODE_STRING *, ULONG, ULONG, UCHAR, DEVICE_OBJECT **);
IMPORT void IoDeleteDevice(DEVICE_OBJECT *);
IMPORT NTSTATUS IoCreateSymbolicLink(UNICODE_STRING *, UNICODE_STRING *);
IMPORT NTSTATUS IoDeleteSymbolicLink(UNICODE_STRING *);
IMPORT void IofCompleteRequest(IRP *, signed char);
IMPORT __attribute__((noreturn)) void KeBugCheckEx(ULONG, ULONG64, ULONG64, ULONG64, ULONG64);

#define IOCTL_TEST(n) (0x00220000u | (0x900 + (n)) << 2)
#define STATUS_INVALID_DEVICE_REQUEST ((NTSTATUS)0xC0000010)
#define DRIVER_OVERRAN_STACK_BUFFER 0xF7

#define DEFAULT_COOKIE 0x00002B992DDFA232ull
#define TICK_COUNT (*(volatile ULONG64 *)0xFFFFF78000000320ull)

/* ---- The cookie ---- */

ULONG64 __security_cookie = DEFAULT_COOKIE;
ULONG64 __security_cookie_complement = ~DEFAULT_COOKIE;

/* Where a loader finds the cookie: the field at 58h of the load configuration directory. */
__attribute__((used)) const struct {
    ULONG Size;
    UCHAR Before[0x54];
    ULONG64 *SecurityCookie;
    UCHAR Rest[0x10];
} _load_config_used = {0x70, {0}, &__security_cookie, {0}};

void __security_check_cookie(ULONG64 Cookie)
{
    if (Cookie != __security_cookie)
        KeBugCheckEx(DRIVER_OVERRAN_STACK_BUFFER, Cookie, __security_cookie, __security_cookie_complement, 0);
}

static void SeedCookie(void)
{
    if (__security_cookie == 0 || __security_cookie == DEFAULT_COOKIE) {
        __security_cookie = (TICK_COUNT ^ (ULONG64)&__security_cookie) & 0x0000FFFFFFFFFFFFull;
        if (__security_cookie == 0)
            __security_cookie = DEFAULT_COOKIE;
    }
    __security_cookie_complement = ~__security_cookie;
}

/* ---- The driver ---- */

#define STRING(text) {sizeof(text) - 2, sizeof(text), (WCHAR *)text}

static UNICODE_STRING DeviceName = STRING(L"\\Device\\LastRefTCookie");
static UNICODE_STRING LinkName = STRING(L"\\DosDevices\\LastRefTCookie");
static DEVICE_OBJECT *Device;

/* Copies into a buffer of 32 bytes without looking at the count, and adds the bytes up. */
static __attribute__((noinline)) ULONG CopyAndSum(const volatile UCHAR *From, ULONG Count)
{
    volatile UCHAR buffer[32];
    ULONG i, sum = 0;

    for (i = 0; i < Count; i++)
        buffer[i] = From[i];
    for (i = 0; i < Count && i < sizeof(buffer); i++)
        sum += buffer[i];
    return sum;
}

static NTSTATUS Complete(IRP *Irp, NTSTATUS Status, ULONG64 Information)
{
    Irp->Status = Status;
    Irp->Information = Information;
    IofCompleteRequest(Irp, 0);
    return Status;
}

static NTSTATUS DispatchOpen(DEVICE_OBJECT *DeviceObject, IRP *Irp)
{
    (void)DeviceObject;
    return Complete(Irp, 0, 0);
}

/* 0: a copy that fits. Out: the sum 496, the cookie, its complement, the address of the cookie. 1: a copy of 64 bytes. */
static NTSTATUS DispatchControl(DEVICE_OBJECT *DeviceObject, IRP *Irp)
{
    STACK_LOCATION *stack = Irp->CurrentStackLocation;
    ULONG64 *values = Irp->SystemBuffer;
    UCHAR bytes[64];
    ULONG i;

    (void)DeviceObject;
    for (i = 0; i < sizeof(bytes); i++)
        bytes[i] = (UCHAR)i;

    if (stack->IoControlCode == IOCTL_TEST(0) && stack->OutputBufferLength >= 4 * sizeof(ULONG64)) {
        values[0] = CopyAndSum(bytes, 32);
        values[1] = __security_cookie;
        values[2] = __security_cookie_complement;
        values[3] = (ULONG64)&__security_cookie;
        return Complete(Irp, 0, 4 * sizeof(ULONG64));
    }
    if (stack->IoControlCode == IOCTL_TEST(1))
        return Complete(Irp, (NTSTATUS)CopyAndSum(bytes, sizeof(bytes)), 0);
    return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static void DriverUnload(DRIVER_OBJECT *DriverObject)
{
    (void)DriverObject;
    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(Device);
}

NTSTATUS DriverEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    NTSTATUS status;

    (void)RegistryPath;
    DriverObject->DriverUnload = DriverUnload;
    DriverObject->MajorFunction[0x00] = DispatchOpen;    /* IRP_MJ_CREATE */
    DriverObject->MajorFunction[0x02] = DispatchOpen;    /* IRP_MJ_CLOSE */
    DriverObject->MajorFunction[0x0E] = DispatchControl; /* IRP_MJ_DEVICE_CONTROL */
    status = IoCreateDevice(DriverObject, 0, &DeviceName, 0x22, 0x100, 0, &Device);
    if (status < 0)
        return status;
    status = IoCreateSymbolicLink(&LinkName, &DeviceName);
    if (status < 0)
        IoDeleteDevice(Device);
    return status;
}

NTSTATUS GsDriverEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    SeedCookie();
    return DriverEntry(DriverObject, RegistryPath);
}
