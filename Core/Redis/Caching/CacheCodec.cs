using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Switchboard.Core.Security;

namespace Switchboard.Core.Redis.Caching;

/// <summary>Values as bytes: JSON, encrypted where the namespace says so (bound to the key, so that entries cannot be swapped).</summary>
internal sealed partial class CacheCodec(JsonSerializerOptions json, SecretProtector? protector, ILogger logger)
{
    public byte[] Encode<T>(CacheNamespace space, string key, T value)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(value, json);
        return space.Encrypted ? protector!.Protect(plain, Purpose(key)) : plain;
    }

    /// <summary>False if it cannot be read: of another version of the type, or by a key that is gone. Then it is loaded again.</summary>
    public bool TryDecode<T>(CacheNamespace space, string key, ReadOnlyMemory<byte> payload, out T? value)
    {
        try
        {
            var plain = space.Encrypted ? protector!.UnprotectBytes(payload.Span, Purpose(key)) : payload.Span;
            value = JsonSerializer.Deserialize<T>(plain, json);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            Log.Unreadable(logger, key, exception);
            value = default;
            return false;
        }
    }

    private static string Purpose(string key) => $"cache:{key}";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The value of {Key} in Redis is not readable and will be loaded again.")]
        public static partial void Unreadable(ILogger logger, string key, Exception exception);
    }
}
