using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What holds for every request, whatever endpoint it is for.</summary>
internal static class Pipeline
{
    /// <summary>No body over 1 MiB, whether its length is announced or not; and no word about which server this is.</summary>
    public static IWebHostBuilder ConfigureKestrelLimits(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = EdgeLimits.MaxBodyBytes;
    });

    /// <summary>What an endpoint throws is answered as a problem too.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddExceptionHandler<ExceptionProblemHandler>().AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));

    /// <summary>A client that came by https comes by https from then on (RFC 6797); not in Development, which has none.</summary>
    public static void UseTransportSecurity(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
    }

    /// <summary>
    /// A HEAD is answered as a GET would be, by whatever answers that; the server leaves the body out. To come before routing.
    /// </summary>
    public static IApplicationBuilder UseHead(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });

    /// <summary>
    /// What every answer says: how long it took to make (<c>X-Response-Time: 1.23ms</c>), that it is what its type says, and below
    /// <c>/api</c> that no cache on its way may keep it, unless its endpoint says otherwise: it is one user's, and may hold a secret.
    /// </summary>
    public static IApplicationBuilder UseAnswerHeaders(this IApplicationBuilder app)
    {
        var timeProvider = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use((context, next) =>
        {
            var started = timeProvider.GetTimestamp();
            context.Response.OnStarting(() =>
            {
                var elapsed = timeProvider.GetElapsedTime(started).TotalMilliseconds;
                var headers = context.Response.Headers;
                headers["X-Response-Time"] = elapsed.ToString("0.00", CultureInfo.InvariantCulture) + "ms";
                headers.XContentTypeOptions = "nosniff";
                if (headers.CacheControl.Count == 0 && context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
                    headers.CacheControl = "no-store";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    /// <summary>Answers exceptions, and whatever left a status without a body: unknown routes, wrong methods and media types.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(context =>
            Problems.For(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));

    /// <summary>
    /// A body must say what it is, and come as it is: none is decompressed (RFC 9110, 15.5.16), since limits and signatures are about the
    /// bytes that were sent. Routing compares a media type that can be read; one that is missing or empty FastEndpoints would refuse with
    /// an empty answer, or take for JSON, and with one that cannot be read it would leave the body unread.
    /// </summary>
    public static void UseMediaTypes(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Request.Headers;
        if (headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding).Any(coding => !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[HeaderNames.AcceptEncoding] = "identity";
            return Problems.For(StatusCodes.Status415UnsupportedMediaType, "Send the body without Content-Encoding.").ExecuteAsync(context);
        }

        return !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out _)
            && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && !accepts.ContentTypes.Contains("*/*")
                ? Problems.For(StatusCodes.Status415UnsupportedMediaType, $"Send {accepts.ContentTypes[0]}, and say so in Content-Type.")
                    .ExecuteAsync(context)
                : next(context);
    });
}

/// <summary>How large a request may be.</summary>
internal static class EdgeLimits
{
    /// <summary>The longest body, in bytes: 1 MiB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;
}
