# The service alone, on port 8080. Verbs go behind the image's name: docker run --rm --env-file … attachments migrate
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
ENV DOTNET_NOLOGO=1

# The packages first, so that a change of code does not fetch them again.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Attachments.Domain/Attachments.Domain.csproj src/Attachments.Domain/
COPY src/Attachments.Application/Attachments.Application.csproj src/Attachments.Application/
COPY src/Attachments.Infrastructure/Attachments.Infrastructure.csproj src/Attachments.Infrastructure/
COPY src/Attachments.Api/Attachments.Api.csproj src/Attachments.Api/
RUN dotnet restore src/Attachments.Api

COPY src/ src/
RUN dotnet publish src/Attachments.Api --configuration Release --no-restore --output /app -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .

ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080

# The user app, who has no privileges, by number so that Kubernetes can see it. The service writes no file outside of Development.
USER $APP_UID

# The image holds bash and no curl. Ready, not merely alive: others wait for this.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["dotnet", "Attachments.Api.dll"]
