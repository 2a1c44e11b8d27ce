using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Platform;

/// <summary>How answers travel; section <c>Http</c>.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>From how many bytes on an answer is compressed, for who takes that; 0: none is.</summary>
    [Range(0, 65_536)]
    public int CompressFromBytes { get; set; } = 1024;

    /// <summary>How long a connection on which nothing is asked stays open.</summary>
    [Range(1, 3_600)]
    public int KeepAliveSeconds { get; set; } = 65;
}

/// <summary>Metadata of an endpoint whose answer holds what must not be guessed from its length (BREACH): it is never compressed.</summary>
internal sealed class HoldsSecret
{
    public static HoldsSecret Instance { get; } = new();
}

/// <summary>
/// Answers are compressed by Brotli or gzip, whichever the caller prefers: what is text, is no stream of events, and has more than
/// <see cref="HttpOptions.CompressFromBytes"/>. Metrics, each with <c>encoding</c>: <c>switchboard.http.compression.answers</c>,
/// <c>.original</c> and <c>.sent</c> (bytes).
/// </summary>
internal static class AnswerCompression
{
    public const string MeterName = "Switchboard.Http";

    public static IServiceCollection AddAnswerCompression(this IServiceCollection services)
    {
        services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<HttpOptions>>((kestrel, http) =>
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(http.Value.KeepAliveSeconds));
        services.AddOptions<ResponseCompressionOptions>().Configure<IMeterFactory>((compression, meters) =>
        {
            // who steals by lengths must make the victim ask, and browsers don't send keys by themselves; see also HoldsSecret
            compression.EnableForHttps = true;
            compression.MimeTypes =
                [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "application/x-ndjson", "text/csv"];
            var meter = meters.Create(MeterName);
            compression.Providers.Add(new MeasuredCompression(
                "br", output => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true), meter));
            compression.Providers.Add(new MeasuredCompression(
                "gzip", output => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true), meter));
        });
        services.AddSingleton<IResponseCompressionProvider, LargeAnswers>();
        return services;
    }

    /// <summary>Compresses what is answered from here on, for callers who say that they take it; others cost nothing.</summary>
    public static void UseAnswerCompression(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<HttpOptions>>().Value.CompressFromBytes is > 0 and var from)
        {
            app.UseWhen(context => context.Request.Headers.AcceptEncoding.Count > 0, branch =>
            {
                branch.UseResponseCompression();
                branch.Use((context, next) => HeldAnswer.RunAsync(context, next, from));
            });
        }
    }

    /// <summary>The endpoint's answer holds a secret.</summary>
    public static TBuilder HoldsSecret<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(Platform.HoldsSecret.Instance);
}

/// <summary>Which answers are compressed, of those whose type is.</summary>
internal sealed class LargeAnswers(
    IServiceProvider services, IOptions<ResponseCompressionOptions> compression, IOptions<HttpOptions> http)
    : ResponseCompressionProvider(services, compression)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        !(context.Response.ContentLength < http.Value.CompressFromBytes)
        && context.GetEndpoint()?.Metadata.GetMetadata<HoldsSecret>() is null
        && base.ShouldCompressResponse(context);
}

/// <summary>Compresses, and counts what goes in and what comes out.</summary>
internal sealed class MeasuredCompression(string encoding, Func<Stream, Stream> compress, Meter meter) : ICompressionProvider
{
    private readonly KeyValuePair<string, object?> _tag = new("encoding", encoding);
    private readonly Counter<long> _answers = meter.CreateCounter<long>(
        "switchboard.http.compression.answers", "{answer}", "Answers that were compressed");
    private readonly Counter<long> _original = meter.CreateCounter<long>(
        "switchboard.http.compression.original", "By", "These answers as they were before");
    private readonly Counter<long> _sent = meter.CreateCounter<long>(
        "switchboard.http.compression.sent", "By", "The same answers as they were sent");

    public string EncodingName => encoding;

    public bool SupportsFlush => true;

    public Stream CreateStream(Stream outputStream)
    {
        _answers.Add(1, _tag);
        var sent = new CountedStream(outputStream, bytes => _sent.Add(bytes, _tag), leaveOpen: true);
        return new CountedStream(compress(sent), bytes => _original.Add(bytes, _tag), leaveOpen: false);
    }
}
