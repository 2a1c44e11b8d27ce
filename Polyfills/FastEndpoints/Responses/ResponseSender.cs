using System.Runtime.CompilerServices;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>The answers of an endpoint. Where no token is given, the exchange's own is taken.</summary>
/// <typeparam name="TRequest">The endpoint's request type.</typeparam>
/// <typeparam name="TResponse">The endpoint's response type.</typeparam>
/// <param name="ep">The endpoint.</param>
public readonly struct ResponseSender<TRequest, TResponse>(Endpoint<TRequest, TResponse> ep) : IResponseSender
    where TRequest : notnull
{
    /// <inheritdoc />
    public HttpContext HttpContext => ep.HttpContext;

    /// <inheritdoc />
    public List<ValidationFailure> ValidationFailures => ep.ValidationFailures;

    /// <inheritdoc />
    public EndpointDefinition Definition => ep.Definition;

    private HttpResponse Answer => ep.HttpContext.Response;

    /// <summary>Answers 200 with a JSON body.</summary>
    public Task<Void> OkAsync(TResponse response, CancellationToken cancellation)
        // where the response type is object, OkAsync(ct) comes here with the token as the response
        => response is CancellationToken ct && typeof(TResponse) == typeof(object)
            ? Answer.SendOkAsync(ct)
            : ResponseAsync(response, 200, cancellation);

    /// <summary>Answers 200 with a JSON body.</summary>
    [OverloadResolutionPriority(1)]
    public Task<Void> OkAsync(TResponse response) => OkAsync(response, CancellationToken.None);

    /// <summary>Answers 200 without a body.</summary>
    public Task<Void> OkAsync(CancellationToken cancellation) => Answer.SendOkAsync(cancellation);

    /// <summary>Answers 200 without a body.</summary>
    public Task<Void> OkAsync() => Answer.SendOkAsync();

    /// <summary>Answers with a JSON body; null has none.</summary>
    public Task<Void> ResponseAsync(TResponse response, int statusCode = 200, CancellationToken cancellation = default)
    {
        ep.Response = response;
        return Answer.SendAsync(response, statusCode, Definition.SerializerContext, cancellation);
    }

    /// <summary>Answers 201 with the address of an endpoint in <c>Location</c>.</summary>
    public Task<Void> CreatedAtAsync<TEndpoint>(
        object? routeValues = null,
        TResponse? responseBody = default,
        Http? verb = null,
        int? routeNumber = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        where TEndpoint : IEndpoint
        => CreatedAtAsync(IEndpoint.GetName<TEndpoint>(verb, routeNumber), routeValues, responseBody, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 201 with the address of a named endpoint in <c>Location</c>.</summary>
    public Task<Void> CreatedAtAsync(
        string endpointName,
        object? routeValues = null,
        TResponse? responseBody = default,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        => AtAsync(201, endpointName, routeValues, responseBody, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 202 with the address of an endpoint in <c>Location</c>.</summary>
    public Task<Void> AcceptedAtAsync<TEndpoint>(
        object? routeValues = null,
        TResponse? responseBody = default,
        Http? verb = null,
        int? routeNumber = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        where TEndpoint : IEndpoint
        => AcceptedAtAsync(IEndpoint.GetName<TEndpoint>(verb, routeNumber), routeValues, responseBody, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 202 with the address of a named endpoint in <c>Location</c>.</summary>
    public Task<Void> AcceptedAtAsync(
        string endpointName,
        object? routeValues = null,
        TResponse? responseBody = default,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        => AtAsync(202, endpointName, routeValues, responseBody, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 204.</summary>
    public Task<Void> NoContentAsync(CancellationToken cancellation = default) => Answer.SendNoContentAsync(cancellation);

    /// <summary>Answers 302, or 301 where <paramref name="isPermanent"/>.</summary>
    /// <exception cref="InvalidOperationException">The address is another host's, without <paramref name="allowRemoteRedirects"/>.</exception>
    public Task<Void> RedirectAsync(string location, bool isPermanent = false, bool allowRemoteRedirects = false)
        => Answer.SendRedirectAsync(location, isPermanent, allowRemoteRedirects);

    /// <summary>Answers 304.</summary>
    public Task<Void> NotModifiedAsync(CancellationToken cancellation = default) => Answer.SendNotModifiedAsync(cancellation);

    /// <summary>Answers with the failures so far.</summary>
    public Task<Void> ErrorsAsync(int statusCode = 400, CancellationToken cancellation = default)
        => Answer.SendErrorsAsync(ep.ValidationFailures, statusCode, Definition.SerializerContext, cancellation);

    /// <summary>Answers 401 without a body.</summary>
    public Task<Void> UnauthorizedAsync(CancellationToken cancellation = default) => Answer.SendUnauthorizedAsync(cancellation);

    /// <summary>Answers 403 without a body.</summary>
    public Task<Void> ForbiddenAsync(CancellationToken cancellation = default) => Answer.SendForbiddenAsync(cancellation);

    /// <summary>Answers 404 without a body.</summary>
    public Task<Void> NotFoundAsync(CancellationToken cancellation = default) => Answer.SendNotFoundAsync(cancellation);

    /// <summary>Answers with a status and no body.</summary>
    public Task<Void> StatusCodeAsync(int statusCode, CancellationToken cancellation = default)
        => Answer.SendStatusCodeAsync(statusCode, cancellation);

    /// <summary>Answers with headers and no body.</summary>
    public Task<Void> HeadersAsync(Action<IHeaderDictionary> headers, int statusCode = 200, CancellationToken cancellation = default)
        => Answer.SendHeadersAsync(headers, statusCode, cancellation);

    /// <summary>Answers with what a result of ASP.NET writes.</summary>
    public Task<Void> ResultAsync(IResult result) => Answer.SendResultAsync(result);

    /// <summary>Answers 200 with <c>{}</c>.</summary>
    public Task<Void> EmptyJsonObject(CancellationToken cancellation = default) => Answer.SendEmptyJsonObject(null, cancellation);

    /// <summary>Answers with text.</summary>
    public Task<Void> StringAsync(
        string content,
        int statusCode = 200,
        string contentType = "text/plain; charset=utf-8",
        CancellationToken cancellation = default)
        => Answer.SendStringAsync(content, statusCode, contentType, cancellation);

    /// <summary>Answers 200 with bytes; as a download where there is a file name.</summary>
    public Task<Void> BytesAsync(
        byte[] bytes,
        string? fileName = null,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
        => Answer.SendBytesAsync(bytes, fileName, contentType, lastModified, enableRangeProcessing, cancellation);

    /// <summary>Answers 200 with the file as a download.</summary>
    public Task<Void> FileAsync(
        FileInfo fileInfo,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
        => Answer.SendFileAsync(fileInfo, contentType, lastModified, enableRangeProcessing, cancellation);

    /// <summary>Answers 200 with what the stream holds, and disposes it; as a download where there is a file name.</summary>
    public Task<Void> StreamAsync(
        Stream stream,
        string? fileName = null,
        long? fileLengthBytes = null,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
        => Answer.SendStreamAsync(stream, fileName, fileLengthBytes, contentType, lastModified, enableRangeProcessing, cancellation);

    private Task<Void> AtAsync(int status, string name, object? routeValues, TResponse? body, bool isAbsolute, CancellationToken cancellation)
    {
        if (body is not null)
            ep.Response = body;
        return Answer.SendAtAsync(status, name, routeValues, isAbsolute, "application/json", body, Definition.SerializerContext, cancellation);
    }
}
