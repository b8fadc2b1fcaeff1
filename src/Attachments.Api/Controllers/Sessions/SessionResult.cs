using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Sessions;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// Answers with a session as <see cref="SessionDocument"/> describes it, read in steps while it is sent, so that neither its size nor the
/// client's slowness costs memory or a connection to the database. If it is changed before its end, the response is cut off: no answer is
/// of a state in which the session never was.
/// </summary>
internal sealed class SessionResult(SessionPage first, IMediator mediator) : IActionResult
{
    /// <summary>The most characters of a text that are written at once.</summary>
    private const int TextCharacters = 16 << 10;

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        http.Response.ContentType = $"{MediaTypes.Json}; charset=utf-8";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        await using var json = await StreamedJson.Begin(http);
        Open(json.Writer, first.Session);
        var urls = new SessionUrls(http.Request, first.Session.ProjectId, first.Session.Uuid);
        await Send(first, urls, json);
        for (var next = first.Next; next is not null;)
        {
            var request = new GetSessionPage(first.Session.ProjectId, first.Session.Uuid, next);
            var step = await mediator.Send(request, http.RequestAborted);
            await Send(step, urls, json);
            next = step.Next;
        }

        Close(json.Writer);
        await json.Flush();
    }

    private static void Open(Utf8JsonWriter writer, SessionSummaryDto session)
    {
        writer.WriteStartObject();
        writer.WriteString("status", Success.Status);
        writer.WriteStartObject("result");
        writer.WriteNumber("project_id", session.ProjectId);
        writer.WriteString("uuid", session.Uuid);
        writer.WriteString("unit_id", session.UnitId);
        writer.WriteNumber("created", session.Created);
        writer.WriteNumber("saved", session.Saved);
        writer.WriteStartObject("data");
    }

    private static void Close(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static async Task Send(SessionPage step, SessionUrls urls, StreamedJson json)
    {
        foreach (var point in step.Points)
        {
            if (!point.IsContinued)
            {
                json.Writer.WritePropertyName(point.Name);
            }

            if (point.Scalar is { } text)
            {
                await Send(text, point.Continues, json);
            }
            else
            {
                Write(json.Writer, point, urls);
            }

            await json.FlushIfNeeded();
        }
    }

    private static async Task Send(string text, bool continues, StreamedJson json)
    {
        for (var rest = text.AsMemory(); ; await json.FlushIfNeeded())
        {
            var piece = rest[..Math.Min(rest.Length, TextCharacters)];
            rest = rest[piece.Length..];
            json.Writer.WriteStringValueSegment(piece.Span, isFinalSegment: rest.IsEmpty && !continues);
            if (rest.IsEmpty)
            {
                return;
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, PointDto point, SessionUrls urls)
    {
        switch (point)
        {
            case { RawData: { } bytes }:
                writer.WriteStartObject();
                writer.WriteBase64String("rawData", bytes);
                writer.WriteEndObject();
                break;
            case { FileName: { } fileName, MediaType: { } mediaType, Length: { } length, Md5: { } md5 }:
                writer.WriteStartObject();
                writer.WriteString("filename", fileName);
                writer.WriteString("content_type", mediaType);
                writer.WriteNumber("length", length);
                writer.WriteString("md5", Convert.ToHexStringLower(md5));
                writer.WriteString("url", urls.Attachment(point.Name));
                writer.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"The point '{point.Name}' holds nothing.");
        }
    }
}
