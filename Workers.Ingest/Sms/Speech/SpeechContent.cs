using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>
/// The body of a request, <c>{"config": {…}, "audio": {"content": "…"}}</c>, with a file as Base64 that is read as it is sent: no more than a
/// piece of it is ever in memory.
/// </summary>
internal sealed class SpeechContent : HttpContent
{
    /// <summary>The largest request that Speech takes, in bytes.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    // a multiple of 3: only the last piece may end with padding
    private const int Piece = 48 * 1024;

    private readonly FileStream _file;
    private readonly byte[] _before;

    public SpeechContent(FileStream file, AudioFormat format, string languageCode)
    {
        _file = file;
        var config = JsonSerializer.Serialize(
            new SpeechConfig(languageCode, format.Encoding, format.SampleRateHertz, format.Channels), SpeechJson.Default.SpeechConfig);
        _before = Encoding.UTF8.GetBytes($"{{\"config\":{config},\"audio\":{{\"content\":\"");
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>How long the body is.</summary>
    public long Length => _before.Length + ((_file.Length + 2) / 3 * 4) + After.Length;

    private static ReadOnlySpan<byte> After => "\"}}"u8;

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _file.Position = 0;
        var bytes = ArrayPool<byte>.Shared.Rent(Piece);
        var text = ArrayPool<byte>.Shared.Rent(Piece / 3 * 4);
        try
        {
            await stream.WriteAsync(_before, cancellationToken);
            for (int read; (read = await _file.ReadAtLeastAsync(bytes.AsMemory(0, Piece), Piece, false, cancellationToken)) > 0;)
            {
                Base64.EncodeToUtf8(bytes.AsSpan(0, read), text, out _, out var written);
                await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
            }

            await stream.WriteAsync(After.ToArray(), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(text);
        }
    }
}
