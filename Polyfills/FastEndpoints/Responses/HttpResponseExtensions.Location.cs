using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

public static partial class HttpResponseExtensions
{
    /// <summary>Answers 201 with the address of an endpoint in <c>Location</c>.</summary>
    public static Task<Void> SendCreatedAtAsync<TEndpoint>(
        this HttpResponse rsp,
        object? routeValues = null,
        object? responseBody = null,
        Http? verb = null,
        int? routeNumber = null,
        JsonSerializerContext? jsonSerializerContext = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        where TEndpoint : IEndpoint
        => rsp.SendCreatedAtAsync(
            IEndpoint.GetName<TEndpoint>(verb, routeNumber), routeValues, responseBody, jsonSerializerContext, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 201 with the address of a named endpoint in <c>Location</c>.</summary>
    public static Task<Void> SendCreatedAtAsync(
        this HttpResponse rsp,
        string endpointName,
        object? routeValues = null,
        object? responseBody = null,
        JsonSerializerContext? jsonSerializerContext = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        => rsp.SendAtAsync(
            201, endpointName, routeValues, generateAbsoluteUrl, "application/json", responseBody, jsonSerializerContext, cancellation);

    /// <summary>Answers 202 with the address of an endpoint in <c>Location</c>.</summary>
    public static Task<Void> SendAcceptedAtAsync<TEndpoint>(
        this HttpResponse rsp,
        object? routeValues = null,
        object? responseBody = null,
        Http? verb = null,
        int? routeNumber = null,
        JsonSerializerContext? jsonSerializerContext = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        where TEndpoint : IEndpoint
        => rsp.SendAcceptedAtAsync(
            IEndpoint.GetName<TEndpoint>(verb, routeNumber), routeValues, responseBody, jsonSerializerContext, generateAbsoluteUrl, cancellation);

    /// <summary>Answers 202 with the address of a named endpoint in <c>Location</c>.</summary>
    public static Task<Void> SendAcceptedAtAsync(
        this HttpResponse rsp,
        string endpointName,
        object? routeValues = null,
        object? responseBody = null,
        JsonSerializerContext? jsonSerializerContext = null,
        bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
        => rsp.SendAtAsync(
            202, endpointName, routeValues, generateAbsoluteUrl, "application/json", responseBody, jsonSerializerContext, cancellation);

    /// <summary>Answers with the address of a named endpoint in <c>Location</c>: a path, or with host where <paramref name="generateAbsoluteUrl"/>.</summary>
    public static async Task<Void> SendAtAsync(
        this HttpResponse rsp,
        int statusCode,
        string endpointName,
        object? routeValues = null,
        bool generateAbsoluteUrl = false,
        string contentType = "application/json",
        object? responseBody = null,
        JsonSerializerContext? jsonSerializerContext = null,
        CancellationToken cancellation = default)
    {
        var http = rsp.HttpContext;
        var links = http.RequestServices.GetRequiredService<LinkGenerator>();
        rsp.Headers.Location = generateAbsoluteUrl
            ? links.GetUriByName(http, endpointName, routeValues)
            : links.GetPathByName(endpointName, routeValues);
        http.Items[ItemKeys.Response] = responseBody;
        return responseBody is null
            ? await rsp.SendStatusCodeAsync(statusCode, cancellation)
            : await rsp.WriteBodyAsync(responseBody, statusCode, contentType, jsonSerializerContext, cancellation);
    }
}
