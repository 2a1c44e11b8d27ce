using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What makes two requests with one key the same: the path and what the body says, not how it is written.</summary>
internal static class RequestFingerprint
{
    public static byte[] Of<TRequest>(string path, TRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(path));
        hash.AppendData([0]);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web));
        return hash.GetHashAndReset();
    }

    /// <summary>The number of the lock that a request with this key holds while it is in flight.</summary>
    public static long LockOf(Guid userId, string key) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{userId:n}/{key}")));
}
