using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Attachments.FunctionalTests.Support;

/// <summary>
/// The service's OpenAPI document, to which the tests hold every JSON answer that they read. An object whose members it lists may have no
/// others, so that the document cannot say less than what is sent.
/// </summary>
internal sealed class ApiContract
{
    private const string Components = "#/components/schemas/";

    private static readonly Lazy<Task<ApiContract>> Current = new(Read);

    private readonly List<(Regex Pattern, int Literals, JsonObject Operations)> paths;
    private readonly JsonObject definitions;
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new(StringComparer.Ordinal);

    private ApiContract(JsonObject document)
    {
        definitions = (JsonObject)Closed(document["components"]!["schemas"]!)!;
        paths =
        [
            .. from path in document["paths"]!.AsObject()
               let segments = path.Key.Split('/')
               select (Pattern(segments), segments.Count(segment => !segment.Contains('{')), path.Value!.AsObject()),
        ];
    }

    /// <summary>Fails where the document does not have the answer's status, media type or body.</summary>
    public static async Task Hold(HttpMethod method, Uri address, Answer answer)
    {
        if (answer.Body.Length > 0 && answer.Field("Content-Type") is { } type && method != HttpMethod.Head)
        {
            (await Current.Value).Hold(method, address.AbsolutePath, type.Split(';')[0], answer);
        }
    }

    private void Hold(HttpMethod method, string path, string mediaType, Answer answer)
    {
        var known = path.StartsWith("/attachments", StringComparison.Ordinal) ? $"/v1{path}" : path;
        var found = paths.Where(it => it.Pattern.IsMatch(known.Length > 1 ? known.TrimEnd('/') : known)).MaxBy(it => it.Literals);
        if (found.Operations?[method.Method.ToLowerInvariant()] is not { } operation)
        {
            return;
        }

        var place = $"{method} {path} {answer.Status} {mediaType}";
        var responses = operation["responses"]!;
        var content = (responses[$"{answer.Status}"] ?? responses["default"])?["content"];
        var body = content?[mediaType] ?? content?["*/*"];
        body.ShouldNotBeNull($"{place} is not in the OpenAPI document: {answer.Text}");
        if (mediaType.EndsWith("json", StringComparison.Ordinal) && content![mediaType]?["schema"] is { } schema)
        {
            var result = Schema(schema).Evaluate(JsonElement.Parse(answer.Body), new EvaluationOptions { OutputFormat = OutputFormat.List });
            result.IsValid.ShouldBeTrue($"{place} is not what the OpenAPI document says: {Faults(result)}\n{answer.Text}");
        }
    }

    private JsonSchema Schema(JsonNode schema)
    {
        var closed = Closed(schema)!.AsObject();
        return schemas.GetOrAdd(closed.ToJsonString(), _ =>
        {
            closed["$defs"] = definitions.DeepClone();
            return JsonSchema.FromText(closed.ToJsonString());
        });
    }

    private static async Task<ApiContract> Read() =>
        new(JsonNode.Parse(await TestBed.Service.Anonymous.GetStringAsync("/openapi/v1.json"))!.AsObject());

    private static Regex Pattern(IEnumerable<string> segments) => new(
        $"^{string.Join('/', segments.Select(segment => Regex.Replace(Regex.Escape(segment), @"\\\{[^}]*}", "[^/]+")))}$",
        RegexOptions.CultureInvariant);

    private static string Faults(EvaluationResults result) => string.Join("; ", (result.Details ?? [])
        .Where(detail => detail.Errors is { Count: > 0 })
        .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"));

    private static JsonNode? Closed(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Closed)]);
            case JsonObject members:
                var copy = new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Closed(member.Value))));
                if (copy["$ref"] is JsonValue reference && reference.GetValue<string>().StartsWith(Components, StringComparison.Ordinal))
                {
                    copy["$ref"] = "#/$defs/" + reference.GetValue<string>()[Components.Length..];
                }

                if (copy["type"] is not null && copy["properties"] is JsonObject && copy["additionalProperties"] is null)
                {
                    copy["additionalProperties"] = false;
                }

                copy.Remove("example");
                return copy;
            default:
                return node?.DeepClone();
        }
    }
}
