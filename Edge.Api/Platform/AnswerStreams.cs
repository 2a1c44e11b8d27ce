using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A stream that is only written to, in front of another one.</summary>
internal abstract class WrittenStream : Stream
{
    public sealed override bool CanRead => false;

    public override bool CanSeek => false;

    public sealed override bool CanWrite => true;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public abstract override void Write(ReadOnlySpan<byte> buffer);

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}

/// <summary>Says how many bytes go through.</summary>
internal sealed class CountedStream(Stream next, Action<long> count, bool leaveOpen) : WrittenStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        count(buffer.Length);
        next.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        count(buffer.Length);
        return next.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => next.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => next.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (!leaveOpen)
            await next.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
            next.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>
/// Holds an answer back until it has so many bytes or is over. Only then is it known whether it is worth to be compressed, and one that is
/// short has a length. A stream of events is never held back.
/// </summary>
internal sealed class HeldAnswer(HttpResponse response, Stream next, int from) : WrittenStream
{
    private byte[]? _held = ArrayPool<byte>.Shared.Rent(from);
    private int _length;

    // by which an answer can start over: what handles an exception takes back what was written before
    public override bool CanSeek => _held is not null;

    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(value, 0);
        _length = 0;
    }

    /// <summary>Runs what answers the request.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate endpoint, int from)
    {
        var before = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var held = new HeldAnswer(context.Response, before.Stream, from);
        var body = new StreamResponseBodyFeature(held, before);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await endpoint(context);
            await body.CompleteAsync();
            await held.EndAsync(context.RequestAborted);
        }
        finally
        {
            context.Features.Set(before);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (TryHold(buffer))
            return;
        if (Take() is { Length: > 0 } held)
            next.Write(held.Span);
        next.Write(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryHold(buffer.Span))
            return;
        if (Take() is { Length: > 0 } held)
            await next.WriteAsync(held, cancellationToken);
        await next.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        if (_held is null)
            next.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_held is null)
            return next.FlushAsync(cancellationToken);
        Begin();
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        Take();
        base.Dispose(disposing);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (Take() is not { Length: > 0 } held)
            return;
        if (!response.HasStarted)
            response.ContentLength ??= held.Length;
        await next.WriteAsync(held, cancellationToken);
    }

    private bool TryHold(ReadOnlySpan<byte> buffer)
    {
        if (_held is null || _length + buffer.Length >= from || !MayBeHeld())
            return false;
        Begin();
        buffer.CopyTo(_held.AsSpan(_length));
        _length += buffer.Length;
        return true;
    }

    // an endpoint that has written has answered, though nothing of it has gone out: or it would be a 204, which has no body
    private void Begin() => response.HttpContext.MarkResponseStart();

    private bool MayBeHeld() => response is { HasStarted: false, ContentLength: null }
        && !(MediaTypeHeaderValue.TryParse(response.ContentType, out var type) && type.MediaType == "text/event-stream");

    // what was held back; from now on nothing is
    private ReadOnlyMemory<byte> Take()
    {
        if (Interlocked.Exchange(ref _held, null) is not { } rented)
            return default;
        var held = rented.AsSpan(0, _length).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return held;
    }
}
