namespace LastRef.Tests;

/// <summary>A small symbol file in ISF, and the same packed by xz 5.</summary>
internal static class SampleIsf
{
    public const string Json = """
{
 "metadata": {
  "format": "6.1.0",
  "windows": {
   "pdb": {
    "GUID": "0123456789ABCDEF0123456789ABCDEF",
    "age": 3,
    "database": "test.pdb",
    "machine_type": 34404
   }
  }
 },
 "base_types": {
  "unsigned long": {
   "kind": "int",
   "signed": false,
   "size": 4,
   "endian": "little"
  },
  "long long": {
   "kind": "int",
   "signed": true,
   "size": 8,
   "endian": "little"
  },
  "unsigned char": {
   "kind": "char",
   "signed": false,
   "size": 1,
   "endian": "little"
  },
  "void": {
   "kind": "void",
   "signed": true,
   "size": 0,
   "endian": "little"
  },
  "pointer": {
   "kind": "int",
   "signed": false,
   "size": 8,
   "endian": "little"
  }
 },
 "enums": {
  "_COLOUR": {
   "size": 4,
   "base": "unsigned long",
   "constants": {
    "Red": 1,
    "Blue": -2
   }
  }
 },
 "user_types": {
  "_NODE": {
   "kind": "struct",
   "size": 64,
   "fields": {
    "Next": {
     "offset": 0,
     "type": {
      "kind": "pointer",
      "subtype": {
       "kind": "struct",
       "name": "_NODE"
      }
     }
    },
    "Routine": {
     "offset": 8,
     "type": {
      "kind": "pointer",
      "subtype": {
       "kind": "function"
      }
     }
    },
    "Any": {
     "offset": 16,
     "type": {
      "kind": "pointer",
      "subtype": {
       "kind": "base",
       "name": "void"
      }
     }
    },
    "Low": {
     "offset": 24,
     "type": {
      "kind": "bitfield",
      "bit_position": 0,
      "bit_length": 3,
      "type": {
       "kind": "base",
       "name": "unsigned long"
      }
     }
    },
    "High": {
     "offset": 24,
     "type": {
      "kind": "bitfield",
      "bit_position": 3,
      "bit_length": 29,
      "type": {
       "kind": "base",
       "name": "unsigned long"
      }
     }
    },
    "Colour": {
     "offset": 28,
     "type": {
      "kind": "enum",
      "name": "_COLOUR"
     }
    },
    "Grid": {
     "offset": 32,
     "type": {
      "kind": "array",
      "count": 2,
      "subtype": {
       "kind": "array",
       "count": 3,
       "subtype": {
        "kind": "base",
        "name": "unsigned char"
       }
      }
     }
    },
    "Inner": {
     "offset": 40,
     "type": {
      "kind": "union",
      "name": "__unnamed_1005"
     }
    },
    "Opaque": {
     "offset": 56,
     "type": {
      "kind": "struct",
      "name": "_UNDEFINED"
     }
    }
   }
  },
  "__unnamed_1005": {
   "kind": "union",
   "size": 16,
   "fields": {
    "Wide": {
     "offset": 0,
     "type": {
      "kind": "base",
      "name": "long long"
     }
    },
    "Deep": {
     "offset": 8,
     "type": {
      "kind": "base",
      "name": "unsigned long"
     }
    }
   }
  }
 },
 "symbols": {
  "PsTestList": {
   "address": 8208
  },
  "?decorated@@": {
   "address": 1
  }
 }
}
""";

    /// <summary><see cref="Json"/>, packed.</summary>
    public static byte[] Xz => Convert.FromBase64String(Packed);

    private const string Packed =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Ar4AppdAD2CgAEjHTqZO6zQ1BP9w0uke2r2JSiW0UK9cN0yF3hhYgsfmfZewYLhc2sKAPYnsHgVAmxXEIDqmHvg" +
        "Q+hbpseToWsVnqkGc11vDUfVXjrCeywjAGPHVK4gOYlp16N1oQ8oYV5ttmI8oeldKdZ3tPn+35+/45Ff0/jN2hHaMJD0oDog4D4TINKDxFma6OmPjkgStQe6" +
        "KYtGtWBg9rgWvc9bBs3y3SzevzGEf9m0izb7oLiXYvxmPhzu70ymJw2QZEYPAj4ZHzRkN5CPtEBj/y2ZeQ+7IhKQmoIE7lnTArR/JhECor1SDyvGsegw7IwN" +
        "KgkQGhlV27cLm1tllyJ0RoW8pIAgkfVNbyxnapSWAczSPmBHuwYbVLn8ZGXhkdhndHLRWUE3tAyg3OYdAIv4574qB4CIUeXNtgu2WeAY05Hkg7dRfWT19bd7" +
        "WxsVrGXZd+3POfnJfKf+LMAPtE61AK3nyTDUFxJlLwK2BypAyFxYEk0AHuxbe/iHk7BEkpZLA3/dWnByw5eqJfM6BHsUEOwuQQXb1QBSrWZGvaP81ekGt1v7" +
        "Xt6dy9gfOXSzDWmHmS3E9/4CR0NjzjS5dbq1agF5kRmu+Bt7sOT50D8pXxrUmZfUqkeW1JKFMOUgHTr0Dpah5SMU5j8XKUoCkLn1y5prC0m2zPhDjBNMGhiu" +
        "kf2rV3tAxI4vjujRQZfVOLPIAOmUY2KPx4zusd1Qs2RogGSEJ5p5Ao0nhf/3nUSUWgrHSdmd4FfLSQPj8CKifMI/NLH1CdM2iNfT0MAVBFalMizIGeNPU9l4" +
        "TGKZEQVZZxvz1oPrS52BNMYDKcc6Tp9jLNUq/8BCXz/xcaue77Ldc+NscZ4+U6szyDL8HVU/tdlUYiXEMB2c+28uAAAAANIw+bl5gOx6AAG2BfkVAABzk6Um" +
        "scRn+wIAAAAABFla";
}
